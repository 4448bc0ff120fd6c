import { torchRandom } from '@metadistill/datasets';
import { dense, model as ours } from '@metadistill/models';
import { expectNoLeak } from '@metadistill/testing';
import { type Tensor, tensor, tensor2d } from '@tensorflow/tfjs-core';
import { array, zip } from '@tensorflow/tfjs-data';
import {
  model as functional,
  input,
  type LayersModel,
  layers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { distil } from '../src/index.js';

const { uniform } = torchRandom(1);
const COUNT = 30;
const LENGTH = 6;
const texts = Array.from({ length: COUNT }, () =>
  Array.from({ length: LENGTH }, () => Math.floor(uniform(0, 20))),
);
const y = texts.map(([first]) => (first! < 10 ? 0 : 1));
const teacherLogits = y.map((label) => [2 - 4 * label, 4 * label - 2]);
const common = { epochs: 1, batchSize: 8, seed: 1, validationSplit: 0.2 };

/** A text of any length, unless it is given. */
const textModel = (more: object = {}, last: object = {}) =>
  sequential({
    layers: [
      layers.embedding({ inputDim: 20, outputDim: 3, ...more }),
      layers.lstm({ units: 3, recurrentInitializer: 'glorotUniform' }),
      layers.dense({ units: 2, ...last }),
    ],
  });

const imageModel = (size: number | null = null) =>
  sequential({
    layers: [
      layers.conv2d({ inputShape: [size as number, size as number, 1], filters: 2, kernelSize: 3 }),
      layers.globalAveragePooling2d({}),
      layers.dense({ units: 2 }),
    ],
  });

/** A text of any length beside two numbers. */
function twoInputs(): LayersModel {
  const [text, extra] = [
    input({ shape: [null as never], name: 'text' }),
    input({ shape: [2], name: 'extra' }),
  ];
  const read = layers.embedding({ inputDim: 20, outputDim: 3 }).apply(text);
  const pooled = layers.globalAveragePooling1d({}).apply(read) as SymbolicTensor;
  const joined = layers.concatenate().apply([pooled, extra]);
  return functional({
    inputs: [text, extra],
    outputs: layers.dense({ units: 2 }).apply(joined) as SymbolicTensor,
  });
}

const moved = async (student: LayersModel, options: object) => {
  const before = student.getWeights().map((each) => [...each.dataSync()]);
  await distil({ ...common, student, ...options } as never);
  expect(student.getWeights().map((each) => [...each.dataSync()])).not.toEqual(before);
};

const rowsOf = (x: Tensor) => x.arraySync() as number[][];

test('a student whose sizes are open has those of the data, however these are given', async () => {
  const [x, labels] = [tensor2d(texts), tensor(y)];
  await expectNoLeak(async () => {
    const student = textModel();
    await moved(student, { x, y: labels, teacherLogits });
    await moved(student, { x: texts, y, teacherLogits });
    await moved(student, { x: texts.map((text) => Int32Array.from(text)), y, teacherLogits });
    const elements = () => zip({ xs: array(rowsOf(x)), ys: array(y) });
    await moved(student, { x: elements(), teacherLogits });
    await moved(student, { x: elements().batch(7), teacherLogits });
    const training = {
      name: 'texts',
      examples: Float32Array.from(texts.flat()),
      exampleShape: [LENGTH],
      labels: Int32Array.from(y),
      classes: 2,
    };
    await moved(student, { training, teacherLogits });
    student.dispose();
  });
  x.dispose();
  labels.dispose();
});

test('images of any size, and several inputs', async () => {
  const images = texts.map((_, i) =>
    Array.from({ length: 5 }, () => Array.from({ length: 4 }, () => [Math.sin(i)])),
  );
  await moved(imageModel(), { x: images, y, teacherLogits });
  const extra = texts.map(([a, b]) => [a! / 20, b! / 20]);
  await moved(twoInputs(), { x: [texts, extra], y, teacherLogits });
  await moved(twoInputs(), { x: { extra, text: texts }, y, teacherLogits });
  await moved(twoInputs(), { x: { extra, text: texts }, y, teacher: twoInputs() });
});

test('a teacher whose sizes are open has those of the student', async () => {
  await moved(textModel({ inputLength: LENGTH }), { x: texts, y, teacher: textModel() });
  await moved(textModel(), { x: texts, y, teacher: textModel() });
  await moved(textModel(), { x: texts, y, teachers: [textModel(), teacherLogits] });
  const layered = ours({
    name: 'ours',
    inputShape: [LENGTH],
    classes: 2,
    layers: [dense({ inputs: LENGTH, outputs: 2 })],
  });
  await distil({ ...common, student: layered, x: texts, y, teacher: textModel() });
});

test.each<[string, () => object, string]>([
  [
    'values without a shape',
    () => ({ x: Float32Array.from(texts.flat()) }),
    'distil: x is a Float32Array, which has no shape; expected a tensor or arrays within arrays, as the student text leaves sizes open: [examples, null]. Pass tf.tensor(values, shape).',
  ],
  [
    'an axis too many',
    () => ({ x: texts.map((text) => text.map((id) => [id])) }),
    'distil: x has shape [30, 6, 1]; expected [examples, null], as the student text takes. Reshape it, or make a student for this shape.',
  ],
  [
    'an axis of channels too few',
    () => ({
      student: named(imageModel(), 'images'),
      x: texts.map(() => [
        [1, 2],
        [3, 4],
      ]),
    }),
    'distil: x has shape [30, 2, 2]; expected [examples, null, null, 1], as the student images takes. Add an axis of one channel',
  ],
  ['no numbers', () => ({ x: 'texts' }), "distil: x is 'texts'; expected a tensor, a typed array or arrays"],
  [
    'examples of several lengths',
    () => ({ x: texts.map((text, i) => text.slice(i % 2)) }),
    'distil: x[1] has 5 entries; expected 6, as the first of its kind has.',
  ],
  ['elements without labels', () => ({ x: array(texts), y: undefined }), 'distil: element 0 of x is ['],
  [
    'a validation set of another length',
    () => ({ validationSplit: undefined, validationData: [texts.map((text) => text.slice(1)), y] }),
    'distil: validationData[0] has shape [30, 5]; expected [examples, 6], as the student text takes.',
  ],
  [
    'a teacher of another rank',
    () => ({ teacherLogits: undefined, teacher: imageModel() }),
    'distil: teacher takes examples of shape [null, null, 1]; expected [6], as the student does. Pass a teacher of this data, or what it says of the examples as teacherLogits.',
  ],
])('%s: refused before anything runs', async (_, options, message) => {
  const run = distil({
    ...common,
    student: named(textModel(), 'text'),
    x: texts,
    y,
    teacherLogits,
    ...options(),
  } as never);
  await expect(run).rejects.toThrow(message);
});

function named(layersModel: LayersModel, name: string): LayersModel {
  layersModel.name = name;
  return layersModel;
}
