import * as tf from '@tensorflow/tfjs';

const SIDE = 24;

/** Whether a point is within the shape of a class; x and y are 0 at its centre and 1 at its border. */
const shapes = [
  (x, y) => x * x + y * y < 1, // disc
  (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.85, // square
  (x, y) => Math.abs(x) < (y + 1) / 2 && y < 1, // triangle
  (x, y) => Math.min(Math.abs(x), Math.abs(y)) < 0.3 && Math.max(Math.abs(x), Math.abs(y)) < 1, // cross
];

/** Noisy colour images `[count, 24, 24, 3]` of one shape each, of any place, size and colour, and which shape it is. */
export function drawShapes({ count, seed }) {
  const random = tf.randomUniform([count, 7], 0, 1, 'float32', seed).arraySync();
  const labels = random.map(([kind]) => Math.floor(4 * kind));
  const clean = tf.buffer([count, SIDE, SIDE, 3]);
  for (let at = 0; at < clean.size; at++) {
    const [image, row, column, channel] = clean.indexToLoc(at);
    const [, size, x, y, ...color] = random[image];
    const radius = 4 + 4 * size;
    const centre = (place) => radius + place * (SIDE - 2 * radius);
    const isInside = shapes[labels[image]]((column - centre(x)) / radius, (row - centre(y)) / radius);
    clean.values[at] = isInside ? 0.3 + 0.7 * color[channel] : 0;
  }
  return {
    x: tf.tidy(() => clean.toTensor().add(tf.randomNormal(clean.shape, 0, 0.2, 'float32', seed))),
    y: tf.tensor1d(labels, 'float32'),
  };
}
