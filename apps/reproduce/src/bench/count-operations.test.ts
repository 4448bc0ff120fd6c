import { cifarVeryTiny, fashionMnistNet, logisticRegression, type Model } from '@metadistill/models';
import { expectNoLeak } from '@metadistill/testing';
import { zeros } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { countOperations, operationsOf } from './count-operations.js';
import { mobileNet } from './mobile-net.js';

// Multiply-adds by hand: pixels x outputs x window of each convolution, then the two dense layers.
test.each([
  [
    'cifarVeryTiny',
    cifarVeryTiny(),
    [30 * 30 * 8 * 27, 13 * 13 * 16 * 72, 4 * 4 * 32 * 144, 128 * 64, 64 * 10],
  ],
  [
    'fashionMnistNet',
    fashionMnistNet(),
    [26 * 26 * 8 * 9, 11 * 11 * 16 * 72, 3 * 3 * 128 * 144, 128 * 64, 64 * 10],
  ],
  [
    'mobileNet',
    mobileNet(),
    [
      32 * 32 * 16 * 27,
      ...[32 * 32 * 16 * 9, 32 * 32 * 32 * 16],
      ...[16 * 16 * 32 * 9, 16 * 16 * 64 * 32],
      ...[16 * 16 * 64 * 9, 16 * 16 * 64 * 64],
      ...[8 * 8 * 64 * 9, 8 * 8 * 128 * 64],
      ...[8 * 8 * 128 * 9, 8 * 8 * 128 * 128],
      128 * 10,
    ],
  ],
  ['logisticRegression', logisticRegression({ inputs: 3, classes: 2 }), [3 * 2]],
] as const)('counts the multiply-adds of %s twice', async (_, model, layers) => {
  const forward = 2 * layers.reduce<number>((sum, products) => sum + products, 0);
  const derivative = 2 * forward - 2 * layers[0];
  await expectNoLeak(async () => {
    expect(await countOperations(model)).toEqual({ forward, backward: derivative, jvp: derivative });
  });
});

test('refuses a model that hides a product', async () => {
  const plain = logisticRegression({ inputs: 3, classes: 2 });
  const fused: Model = { ...plain, predict: () => zeros([1, 2]) };
  await expect(countOperations(fused)).rejects.toThrow(
    `${plain.name} made 0 products with its weights; expected 1, one per layer.`,
  );
});

test('adds up the passes of a step', () => {
  const cost = { forwards: 2, backwards: 2, jvps: 1 };
  expect(operationsOf(cost, { forward: 100, backward: 170, jvp: 160 })).toBe(2 * 100 + 2 * 170 + 160);
});
