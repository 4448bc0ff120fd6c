import * as tf from '@tensorflow/tfjs';

const LENGTH = 64;

/** The value of each kind of wave at a phase in [0, 1). */
const waves = [
  (phase) => Math.sin(2 * Math.PI * phase), // sine
  (phase) => (phase < 0.5 ? 1 : -1), // square
  (phase) => 2 * phase - 1, // sawtooth
  (phase) => 4 * Math.abs(phase - 0.5) - 1, // triangle
];

/** Waves `[count, 64, 1]` of any frequency and phase, under noise, and the kind of each. */
export function drawWaves({ count, seed, noise = 0.3 }) {
  const random = tf.randomUniform([count, 3], 0, 1, 'float32', seed).arraySync();
  const labels = random.map(([kind]) => Math.floor(4 * kind));
  const signals = random.map(([, frequency, phase], i) =>
    Array.from({ length: LENGTH }, (_, t) => [
      waves[labels[i]](((2 + 4 * frequency) * (t / LENGTH) + phase) % 1),
    ]),
  );
  const clean = tf.tensor3d(signals);
  return { x: clean.add(tf.randomNormal(clean.shape, 0, noise, 'float32', seed)), y: tf.tensor1d(labels) };
}
