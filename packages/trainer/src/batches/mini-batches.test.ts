import { flipAndCrop, torchRandom } from '@metadistill/datasets';
import { dense, model } from '@metadistill/models';
import { expectNoLeak, toNumbers } from '@metadistill/testing';
import { expect, test } from 'vitest';
import { miniBatches } from './mini-batches.js';

const dataset = {
  name: 'seven numbers',
  examples: Float32Array.from([0, 1, 2, 3, 4, 5, 6]),
  exampleShape: [1],
  labels: Int32Array.from([0, 1, 0, 1, 0, 1, 0]),
  classes: 2,
};
const teacherLogits = { values: Float32Array.from({ length: 14 }, (_, i) => i), examples: 7, classes: 2 };

const lent = (batches: ReturnType<typeof miniBatches>, iteration: number): number[] => {
  const batch = batches.at(iteration);
  const numbers = toNumbers(batch.inputs);
  batches.release(batch);
  return numbers;
};

test('lends the batches of an epoch in order, the short last one included', async () => {
  await expectNoLeak(() => {
    const batches = miniBatches({ dataset, batchSize: 3 });
    expect(batches.batchesPerEpoch).toBe(3);
    expect([0, 1, 2, 3].map((i) => lent(batches, i))).toEqual([[0, 1, 2], [3, 4, 5], [6], [0, 1, 2]]);
  });
});

test('shuffles every epoch anew, each a permutation, whatever was asked for before', () => {
  const options = { dataset, batchSize: 7, shuffleSeed: 5 };
  const epochs = [0, 1, 2].map((epoch) => lent(miniBatches(options), epoch));
  for (const epoch of epochs) expect([...epoch].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(new Set(epochs.map(String)).size).toBe(3);
  const batches = miniBatches(options);
  expect([2, 0, 1].map((epoch) => lent(batches, epoch))).toEqual([2, 0, 1].map((epoch) => epochs[epoch]));
});

test("gives each example its own row of the teacher's logits", () => {
  const batches = miniBatches({ dataset, batchSize: 7, shuffleSeed: 5, teacherLogits });
  const batch = batches.at(0);
  const rows = toNumbers(batch.inputs).flatMap((example) => [2 * example, 2 * example + 1]);
  expect(toNumbers(batch.teacherLogits!)).toEqual(rows);
  batches.release(batch);
});

test('augments every iteration anew, by its number and the seed alone', async () => {
  const images = {
    ...dataset,
    examples: Uint8Array.from({ length: 7 * 48 }, (_, i) => i % 255),
    exampleShape: [4, 4, 3],
  };
  const batchesOf = (seed: number) =>
    miniBatches({
      dataset: images,
      batchSize: 7,
      augmentation: { augment: flipAndCrop({ padding: 2 }), seed },
    });
  await expectNoLeak(() => {
    const batches = batchesOf(1);
    const iterations = [0, 1, 2].map((i) => lent(batches, i));
    expect(new Set(iterations.map(String)).size).toBe(3);
    const resumed = batchesOf(1);
    expect([2, 0].map((i) => lent(resumed, i))).toEqual([iterations[2], iterations[0]]);
    const neighbour = batchesOf(2);
    expect(iterations).not.toContainEqual(lent(neighbour, 0));
    expect(iterations).not.toContainEqual(lent(neighbour, 1));
  });
});

test('refuses an option that it does not have', () => {
  expect(() => miniBatches({ dataset, batchSize: 3, seed: 1 } as never)).toThrow(
    "miniBatches: unknown option 'seed'",
  );
});

test('refuses a normalization that does not fit before it lends a batch', () => {
  expect(() => miniBatches({ dataset, batchSize: 3, normalization: { mean: [0], std: [1] } })).toThrow(
    'miniBatches: normalization is given for seven numbers, which has features; expected images.',
  );
});

test('refuses a data set without a single batch', () => {
  expect(() => miniBatches({ dataset, batchSize: 8, lastBatch: 'drop' })).toThrow(
    'miniBatches: seven numbers has 7 examples; expected at least 8.',
  );
});

const teacher = (() => {
  const teacherModel = model({
    name: 'teacher',
    inputShape: [1],
    classes: 2,
    layers: [dense({ inputs: 1, outputs: 2 })],
  });
  return { model: teacherModel, weights: teacherModel.initialize(torchRandom(3).uniform) };
})();

test('asks a live teacher about every batch that it lends, and takes the answer back', async () => {
  await expectNoLeak(() => {
    const batches = miniBatches({ dataset, batchSize: 3, shuffleSeed: 5, teacher });
    for (const iteration of [0, 4]) {
      const batch = batches.at(iteration);
      const answer = teacher.model.predict(teacher.weights, batch.inputs);
      expect(toNumbers(batch.teacherLogits!)).toEqual(toNumbers(answer));
      answer.dispose();
      batches.release(batch);
    }
  });
});

test('takes the batch back if the teacher fails', async () => {
  const failing = {
    ...teacher,
    model: {
      ...teacher.model,
      predict: () => {
        throw new Error('out of memory');
      },
    },
  };
  await expectNoLeak(() => {
    expect(() => miniBatches({ dataset, batchSize: 3, teacher: failing }).at(0)).toThrow('out of memory');
  });
});

test('refuses a live teacher beside cached logits, or of other data', () => {
  expect(() => miniBatches({ dataset, batchSize: 3, teacher, teacherLogits })).toThrow(
    'teacher and teacherLogits are both given',
  );
  expect(() => miniBatches({ dataset: { ...dataset, classes: 3 }, batchSize: 3, teacher })).toThrow(
    'teacher maps [1] to 2 classes; expected [1] to 3, as seven numbers has them',
  );
});

test('lends the logits of several teachers, cached and live, in their order, and takes them back', async () => {
  await expectNoLeak(() => {
    const groups = Int32Array.from(dataset.labels, (_, i) => i);
    const batches = miniBatches({
      dataset,
      batchSize: 3,
      shuffleSeed: 5,
      teachers: [teacher, teacherLogits, teacher],
      groups,
    });
    const batch = batches.at(1);
    const answer = teacher.model.predict(teacher.weights, batch.inputs);
    const cached = Array.from(batch.indices, (index) =>
      Array.from(teacherLogits.values.subarray(2 * index, 2 * index + 2)),
    );
    expect(batch.teachers!.map(toNumbers)).toEqual([toNumbers(answer), cached.flat(), toNumbers(answer)]);
    expect(toNumbers(batch.groups!)).toEqual(Array.from(batch.indices));
    answer.dispose();
    batches.release(batch);
  });
});

test('refuses several teachers of other data, and groups of other examples', () => {
  const other = { ...teacherLogits, examples: 3 };
  expect(() => miniBatches({ dataset, batchSize: 3, teachers: [teacherLogits, other] })).toThrow(RangeError);
  expect(() => miniBatches({ dataset, batchSize: 3, groups: Int32Array.of(1) })).toThrow(
    'miniBatches: groups has 1 entries; expected 7',
  );
});
