import { selectBackend } from '@metadistill/backend';
import { inFolder } from '@metadistill/models/node';
import { distil } from '@metadistill/trainer';
import { progressBar } from '@metadistill/trainer/node';
import * as tf from '@tensorflow/tfjs';
import { loadImages } from './data.js';

const { EXAMPLES = 12_000, EPOCHS = 5 } = process.env;
const epochs = Number(EPOCHS);

await selectBackend({ prefer: 'wasm' });
const { train, test } = await loadImages(Number(EXAMPLES));

const { conv2d, dense, dropout, flatten, maxPooling2d } = tf.layers;
const network = ({ filters, units }) =>
  tf.sequential({
    layers: [
      conv2d({ inputShape: [28, 28, 1], filters, kernelSize: 3, activation: 'relu' }),
      maxPooling2d({ poolSize: 2 }),
      conv2d({ filters: 2 * filters, kernelSize: 3, activation: 'relu' }),
      maxPooling2d({ poolSize: 2 }),
      flatten(),
      dense({ units, activation: 'relu' }),
      dropout({ rate: 0.2, seed: 1 }),
      dense({ units: 10, activation: 'softmax' }),
    ],
  });
const compile = (model) =>
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });

const report = (name, model) => {
  compile(model);
  const [, accuracy] = model.evaluate(test.x, test.y);
  console.log(`${name}: test accuracy ${accuracy.dataSync()[0].toFixed(3)}, ${model.countParams()} weights`);
};

const teacher = network({ filters: 32, units: 128 });
compile(teacher);
await teacher.fit(train.x, train.y, { epochs, verbose: 0 });
report('teacher', teacher);

const student = network({ filters: 4, units: 16 });
const callbacks = progressBar();
await distil({ teacher, student, ...train, validationSplit: 0.1, epochs, batchSize: 32, seed: 1, callbacks });
report('student', student);

await student.save(inFolder('student'));
report('saved student', await tf.loadLayersModel(inFolder('student')));
