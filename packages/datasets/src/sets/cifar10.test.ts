import { expect, test } from 'vitest';
import { cifar10Classes, publishedCifar10Normalization } from './cifar10.js';

test('the ten classes are in the order of the labels', () => {
  // They are alphabetical: batches.meta.txt of the data set.
  expect(cifar10Classes).toHaveLength(10);
  expect(cifar10Classes).toEqual([...cifar10Classes].sort());
  expect([0, 3, 5, 9].map((label) => cifar10Classes[label])).toEqual(['airplane', 'cat', 'dog', 'truck']);
});

test("the authors' normalization is that of bytes scaled to 0..1", () => {
  const bytes = (channels: readonly number[]) => channels.map((value) => Math.round(2550 * value) / 10);
  expect(bytes(publishedCifar10Normalization.mean)).toEqual([125.3, 123, 113.9]);
  expect(bytes(publishedCifar10Normalization.std)).toEqual([63, 62.1, 66.7]);
});
