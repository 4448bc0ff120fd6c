import * as tf from '@tensorflow/tfjs';

/** Colours each point of the plane by the arm that the model sees there. */
export async function drawMap(canvas, model) {
  const { width, height } = canvas;
  const colors = tf.tidy(() => {
    const across = tf.linspace(-1, 1, width).tile([height]);
    const down = tf.linspace(1, -1, height).reshape([height, 1]).tile([1, width]).flatten();
    return model.predict(tf.stack([across, down], 1), { batchSize: 4096 }).reshape([height, width, 3]);
  });
  await tf.browser.toPixels(colors, canvas);
  colors.dispose();
}
