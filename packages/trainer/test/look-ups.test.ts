import { torchRandom } from '@metadistill/datasets';
import { dense, embedding, flatten, model as ours } from '@metadistill/models';
import { expectNoLeak } from '@metadistill/testing';
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
const COUNT = 300;
const LENGTH = 6;
const clean = Array.from({ length: COUNT }, () =>
  Array.from({ length: LENGTH }, () => Math.floor(uniform(0, 20))),
);
const y = clean.map(([first]) => (first! < 10 ? 0 : 1));
const teacherLogits = y.map((label) => [2 - 4 * label, 4 * label - 2]);
const common = { epochs: 1, batchSize: 32, seed: 1, validationSplit: 0.2 };

/** The texts with one other token. */
const withToken = (row: number, place: number, token: number) =>
  clean.map((text, i) => (i === row ? text.map((id, k) => (k === place ? token : id)) : text));

const pooled = (inputDim: number, more: object = {}) =>
  sequential({
    layers: [
      layers.embedding({ inputDim, outputDim: 3, inputLength: LENGTH, name: 'words', ...more }),
      layers.globalAveragePooling1d({}),
      layers.dense({ units: 2 }),
    ],
  });
const recurrent = (inputDim: number, more: object = {}) =>
  sequential({
    layers: [
      layers.embedding({ inputDim, outputDim: 3, inputLength: LENGTH, name: 'words', ...more }),
      layers.lstm({ units: 3, recurrentInitializer: 'glorotUniform' }),
      layers.dense({ units: 2 }),
    ],
  });
const layered = (inputDim: number) =>
  ours({
    name: 'ours',
    inputShape: [LENGTH],
    classes: 2,
    layers: [
      embedding({ inputDim, outputDim: 2, name: 'words' }),
      flatten(),
      dense({ inputs: 2 * LENGTH, outputs: 2 }),
    ],
  });

function beside(): LayersModel {
  const [extra, text] = [input({ shape: [2], name: 'extra' }), input({ shape: [LENGTH], name: 'text' })];
  const read = layers.embedding({ inputDim: 20, outputDim: 3, name: 'words' }).apply(text);
  const found = layers.globalAveragePooling1d({}).apply(read) as SymbolicTensor;
  const joined = layers.concatenate().apply([extra, found]);
  return functional({
    inputs: [extra, text],
    outputs: layers.dense({ units: 2 }).apply(joined) as SymbolicTensor,
  });
}

const weighted = (inputDim: number) => {
  const network = layered(inputDim);
  return { model: network, weights: network.initialize(torchRandom(1).uniform) };
};

const high = 'x[290][3] is 25; expected a whole number from 0 to 19, as words of student looks it up';

test.each<[string, () => object, string]>([
  ['a pooled student', () => ({ student: pooled(20), x: withToken(290, 3, 25) }), high],
  ['a recurrent student', () => ({ student: recurrent(20), x: withToken(290, 3, 25) }), high],
  [
    'a student with masks',
    () => ({ student: recurrent(20, { maskZero: true }), x: withToken(290, 3, 25) }),
    high,
  ],
  [
    'one of open size',
    () => ({ student: pooled(20, { inputLength: undefined }), x: withToken(290, 3, 25) }),
    high,
  ],
  ['one of our layers', () => ({ student: layered(20), x: withToken(290, 3, 25) }), high],
  [
    'a negative one',
    () => ({ x: withToken(20, 0, -1) }),
    'x[20][0] is -1; expected a whole number from 0 to 19',
  ],
  [
    'a training set',
    () => ({
      x: undefined,
      y: undefined,
      training: {
        name: 'texts',
        examples: Float32Array.from(withToken(290, 3, 25).flat()),
        exampleShape: [LENGTH],
        labels: Int32Array.from(y),
        classes: 2,
      },
    }),
    'training (texts)[290][3] is 25; expected',
  ],
  [
    'validation data',
    () => ({ validationSplit: undefined, validationData: [withToken(7, 5, 20), y] }),
    'validationData[0][7][5] is 20; expected a whole number from 0 to 19, as words of student',
  ],
  [
    'a teacher',
    () => ({ teacherLogits: undefined, teacher: recurrent(15) }),
    '; expected a whole number from 0 to 14, as words of teacher looks it up.',
  ],
  [
    'a teacher of ours',
    () => ({ teacherLogits: undefined, teacher: weighted(15) }),
    'as words of teacher looks it up.',
  ],
  [
    'one of several',
    () => ({ teacherLogits: undefined, teachers: [pooled(20), pooled(15)] }),
    'as words of teachers[1] looks it up.',
  ],
  [
    'several inputs',
    () => ({ student: beside(), x: { extra: clean.map(() => [99, -99]), text: withToken(290, 3, 25) } }),
    'x (text)[290][3] is 25; expected a whole number from 0 to 19',
  ],
])('%s: what cannot be looked up is named before any step', async (_, options, message) => {
  let steps = 0;
  const callbacks = { onTrainBegin: () => void steps++, onBatchEnd: () => void steps++ };
  const run = distil({
    ...common,
    student: pooled(20),
    x: clean,
    y,
    teacherLogits,
    callbacks,
    ...options(),
  } as never);
  await expect(run).rejects.toThrow(RangeError);
  await expect(run).rejects.toThrow(message);
  expect(steps).toBe(0);
});

test('what can be looked up is: fractions are cut off', async () => {
  await expectNoLeak(async () => {
    const student = pooled(20);
    await distil({ ...common, student, x: withToken(5, 5, 19.5), y, teacherLogits });
    student.dispose();
  });
});
