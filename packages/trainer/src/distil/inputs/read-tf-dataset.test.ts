import { expectNoLeak } from '@metadistill/testing';
import { tensor, tensor1d } from '@tensorflow/tfjs-core';
import { array, type Dataset, zip } from '@tensorflow/tfjs-data';
import { expect, test } from 'vitest';
import type { ExamplesOptions } from './examples-of.js';
import { readTfDataset } from './read-tf-dataset.js';

const options: ExamplesOptions & { classes: number } = {
  argument: 'x',
  student: 'net',
  inputs: [{ name: 'x', shape: [2] }],
  asPixels: false,
  classes: 2,
};
const rows = [1, 2, 3, 4, 5].map((value) => [value, -value]);
const labels = [0, 1, 1, 0, 1];
const pairs = () => zip({ xs: array(rows), ys: array(labels) });
const read = (dataset: unknown, extra: object = {}) =>
  readTfDataset(dataset as Dataset<never>, { ...options, ...extra });

test('reads single examples and batches, and leaves no tensor', async () => {
  await expectNoLeak(async () => {
    const tensors = array(rows.map((row, i) => ({ row, label: labels[i]! }))).map(({ row, label }) => ({
      xs: tensor1d(row),
      ys: tensor1d([1 - label, label]),
    }));
    for (const dataset of [pairs(), pairs().batch(2), tensors, tensors.batch(5)]) {
      const { examples, labels: found, count } = await read(dataset);
      expect([...examples]).toEqual(rows.flat());
      expect([...found]).toEqual(labels);
      expect(count).toBe(5);
    }
  });
});

test('several inputs stand side by side', async () => {
  const inputs = [
    { name: 'a', shape: [1] },
    { name: 'b', shape: [2] },
  ];
  const dataset = array(labels).map((label) => ({
    xs: { b: tensor([label, label]), a: tensor([5]) },
    ys: tensor1d([label]),
  }));
  const { examples } = await read(dataset as never, { inputs });
  expect([...examples]).toEqual(labels.flatMap((label) => [5, label, label]));
});

test('leaves no tensor of an element that is not { xs, ys }', async () => {
  await expectNoLeak(async () => {
    const elements = array(rows).map((row) => ({ x: tensor1d(row as never), y: tensor1d([1]) }));
    await expect(read(elements)).rejects.toThrow('expected { xs, ys }');
    const halves = array(rows).map((row) => ({ xs: tensor1d(row as never) }));
    await expect(read(halves)).rejects.toThrow('expected { xs, ys }');
  });
});

test.each<[string, () => unknown, string]>([
  ['one that never ends', () => pairs().repeat(), 'distil: x is a tf.data.Dataset without an end'],
  ['an empty one', () => pairs().take(0), 'distil: x is a tf.data.Dataset of 0 elements'],
  [
    'pairs in an array',
    () => zip([array(rows), array(labels)]),
    'distil: element 0 of x is [an array, 0]; expected { xs, ys }.',
  ],
  [
    'rows of columns, as tf.data.csv() reads them',
    () => array(labels.map((label) => ({ xs: { a: 1, b: 2 }, ys: { label } }))),
    'distil: xs of element 0 of x is { a, b }; expected numbers in one array. Map it, before batch(): dataset.map(({ xs, ys }) => ({ xs: Object.values(xs), ys: Object.values(ys) })).',
  ],
  [
    'labels in columns',
    () => array(labels.map((label) => ({ xs: [1, 2], ys: { label } }))).batch(2),
    'distil: ys of element 0 of x is { label }; expected numbers in one array. Map it, before batch(): dataset.map(({ xs, ys }) => ({ xs, ys: Object.values(ys) })).',
  ],
  [
    'columns with the label among them',
    () => array(labels.map((label) => ({ a: 1, b: 2, label }))),
    'distil: element 0 of x is { a, b, label }; expected { xs, ys }. Map it, before batch(): dataset.map(({ label, ...xs }) => ({ xs: Object.values(xs), ys: label })).',
  ],
  [
    'examples without labels',
    () => array(rows),
    'distil: element 0 of x is [1, -1]; expected { xs, ys }. Pair it with its labels: tf.data.zip({ xs: dataset, ys: labels }).',
  ],
  [
    'examples of another shape',
    () => zip({ xs: array(rows.map((row) => [...row, 0])), ys: array(labels) }).batch(2),
    'distil: xs of element 0 of x has shape [2, 3]; expected [examples, 2]',
  ],
  [
    'labels in words',
    () => zip({ xs: array(rows), ys: array(labels.map(String)) }),
    "distil: ys of element 0 of x[0] is '0'; expected a number.",
  ],
])('%s is refused', async (_, make, message) => {
  await expectNoLeak(async () => {
    await expect(read(make())).rejects.toThrow(message);
  });
});

test('an abort is heard within one element, and the iterator is ended', async () => {
  const aborter = new AbortController();
  let [given, ended] = [0, 0];
  const endless = {
    size: null,
    iterator: async () => ({
      async next() {
        if (++given === 3) aborter.abort(new Error('enough'));
        return { value: { xs: tensor([[1, 2]]), ys: tensor1d([0]) }, done: false };
      },
      return: async () => void ended++,
    }),
  };
  await expectNoLeak(async () => {
    await expect(read(endless, { signal: aborter.signal })).rejects.toThrow('enough');
  });
  expect([given, ended]).toEqual([3, 1]);
});
