import { selectBackend } from '@metadistill/backend';
import { distil } from '@metadistill/trainer';
import * as tf from '@tensorflow/tfjs';
import { drawShapes } from './images.js';

await selectBackend({ prefer: 'wasm' });
const train = drawShapes({ count: 1200, seed: 1 });
const test = drawShapes({ count: 600, seed: 2 });
const { layers } = tf;

const teacher = tf.sequential({
  layers: [
    layers.conv2d({ inputShape: [24, 24, 3], filters: 32, kernelSize: 3, activation: 'relu' }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.conv2d({ filters: 64, kernelSize: 3, activation: 'relu' }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.flatten(),
    layers.dense({ units: 64, activation: 'relu' }),
    layers.dense({ units: 4, activation: 'softmax' }),
  ],
});

/** The block of MobileNet: a filter per channel, then a mix of channels, each with batch norm and ReLU. */
const block = ({ filters, strides }) => [
  layers.depthwiseConv2d({ kernelSize: 3, strides, padding: 'same', useBias: false }),
  layers.batchNormalization({ momentum: 0.9 }),
  layers.reLU(),
  layers.conv2d({ filters, kernelSize: 1, useBias: false }),
  layers.batchNormalization({ momentum: 0.9 }),
  layers.reLU(),
];
const mobileNet = () =>
  tf.sequential({
    layers: [
      layers.conv2d({
        inputShape: [24, 24, 3],
        filters: 8,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        useBias: false,
      }),
      layers.batchNormalization({ momentum: 0.9 }),
      layers.reLU(),
      ...block({ filters: 16, strides: 1 }),
      ...block({ filters: 32, strides: 2 }),
      layers.globalAveragePooling2d({}),
      layers.dense({ units: 4, activation: 'softmax' }),
    ],
  });

const compile = (model) =>
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
const report = (name, model) => {
  compile(model);
  const [, accuracy] = model.evaluate(test.x, test.y);
  console.log(`${name}: test accuracy ${accuracy.dataSync()[0].toFixed(3)}, ${model.countParams()} weights`);
};

compile(teacher);
await teacher.fit(train.x, train.y, { epochs: 8, verbose: 0 });
report('teacher', teacher);

const student = mobileNet();
await distil({ teacher, student, ...train, validationSplit: 0.1, epochs: 15, batchSize: 32, seed: 1 });
report('student', student);
