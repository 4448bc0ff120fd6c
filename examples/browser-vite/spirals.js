import * as tf from '@tensorflow/tfjs';

/** Points of the plane `[count, 2]` on three arms of a spiral, and the arm of each. */
export function drawSpirals(count) {
  const labels = Float32Array.from({ length: count }, (_, i) => i % 3);
  const points = Array.from(labels, (arm) => {
    const radius = Math.sqrt(Math.random());
    const angle = 4 * radius + (2 * Math.PI * arm) / 3 + 0.5 * (Math.random() - 0.5);
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
  return { x: tf.tensor2d(points), y: tf.tensor1d(labels) };
}
