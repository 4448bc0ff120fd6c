import { loadFashionMnist } from '@metadistill/datasets/node';
import * as tf from '@tensorflow/tfjs';

/** The first `count` training images and all test images, in [0, 1], with their labels. */
export async function loadImages(count) {
  const { train, test } = await loadFashionMnist().catch((error) => {
    console.log(`${error.message}\nUntil then, this runs on a generated stand-in of the same shape.`);
    return standIn(count);
  });
  return { train: tensorsOf(train, count), test: tensorsOf(test, test.labels.length) };
}

const tensorsOf = ({ examples, labels }, count) => ({
  x: tf.tidy(() => tf.tensor(examples.subarray(0, count * 784), [count, 28, 28, 1]).div(255)),
  y: tf.tensor(labels.subarray(0, count), [count], 'float32'),
});

/** Images of ten classes: stripes of ten directions, under noise. */
function standIn(count) {
  const images = (offset, length) => {
    const labels = Int32Array.from({ length }, (_, image) => (image * 7) % 10);
    const noise = tf.randomUniform([length * 784], -40, 40, 'float32', offset).dataSync();
    const examples = Uint8Array.from(noise, (value, at) => {
      const [image, row, column] = [Math.floor(at / 784), Math.floor(at / 28) % 28, at % 28];
      const direction = (labels[image] * Math.PI) / 10;
      const along = row * Math.cos(direction) + column * Math.sin(direction);
      return 128 + 80 * Math.sin(along + image) + value;
    });
    return { examples, labels };
  };
  return { train: images(1, count), test: images(2, 1000) };
}
