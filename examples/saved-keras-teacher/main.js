import { fileURLToPath } from 'node:url';
import { selectBackend } from '@metadistill/backend';
import { inFolder } from '@metadistill/models/node';
import { distil } from '@metadistill/trainer';
import * as tf from '@tensorflow/tfjs';
import { drawWaves } from './waves.js';

await selectBackend({ prefer: 'wasm' });
const teacher = await tf.loadLayersModel(inFolder(fileURLToPath(new URL('teacher', import.meta.url))));

// A third of the training labels are wrong. The teacher was trained on others.
const { x, y: truth } = drawWaves({ count: 1000, seed: 1 });
const y = tf.tensor1d(truth.arraySync().map((label, i) => (i % 3 ? label : (label + 1 + (i % 2)) % 4)));
const validation = drawWaves({ count: 300, seed: 2 });
const test = drawWaves({ count: 1000, seed: 3 });

const student = () =>
  tf.sequential({
    layers: [
      tf.layers.conv1d({ inputShape: [64, 1], filters: 8, kernelSize: 9, strides: 2, activation: 'relu' }),
      tf.layers.conv1d({ filters: 8, kernelSize: 5, strides: 2, activation: 'relu' }),
      tf.layers.globalMaxPooling1d({}),
      tf.layers.dense({ units: 4, activation: 'softmax' }),
    ],
  });
const compile = (model) =>
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
const report = (name, model) => {
  compile(model);
  const [, accuracy] = model.evaluate(test.x, test.y);
  console.log(`${name}: test accuracy ${accuracy.dataSync()[0].toFixed(3)}, ${model.countParams()} weights`);
};

report('teacher', teacher);

const [epochs, batchSize] = [20, 32];
const alone = student();
compile(alone);
await alone.fit(x, y, { epochs, batchSize, verbose: 0 });
report('student of the labels alone', alone);

const distilled = student();
const validationData = [validation.x, validation.y];
await distil({ teacher, student: distilled, x, y, validationData, epochs, batchSize, seed: 1 });
report('student of labels and teacher', distilled);
