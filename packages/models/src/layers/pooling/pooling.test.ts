import { tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectAdjoint, expectDerivativesOf, expectSecondOrder } from '../../../test/expect-derivatives.js';
import { onEachBackend } from '../../../test/on-each-backend.js';
import { plainGlobalPool, plainPool } from '../../../test/plain/plain-pooling.js';
import { tensorOf } from '../../../test/values.js';
import { averagePool1d } from './average-pool1d.js';
import { averagePool2d } from './average-pool2d.js';
import { globalAveragePool } from './global-average-pool.js';
import { globalMaxPool } from './global-max-pool.js';
import { maxPool1d } from './max-pool1d.js';
import { maxPool2d } from './max-pool2d.js';

const none = { parameters: [], statistics: [] };

type Pair = readonly [number, number];

interface Images {
  readonly inputShape: readonly number[];
  readonly poolSize: Pair;
  readonly strides: Pair;
  readonly padding: 'valid' | 'same';
  /** What windows along either side begin before the image, and how many there are, by hand. */
  readonly before: Pair;
  readonly counts: Pair;
}

const images: Images[] = [
  // Overlapping windows.
  {
    inputShape: [2, 7, 6, 3],
    poolSize: [3, 2],
    strides: [2, 1],
    padding: 'valid',
    before: [0, 0],
    counts: [3, 5],
  },
  // Windows that stand out on one side, or on both.
  {
    inputShape: [2, 6, 7, 2],
    poolSize: [3, 3],
    strides: [2, 2],
    padding: 'same',
    before: [0, 1],
    counts: [3, 4],
  },
  {
    inputShape: [1, 5, 4, 5],
    poolSize: [4, 3],
    strides: [1, 3],
    padding: 'same',
    before: [1, 1],
    counts: [5, 2],
  },
  // Gaps between windows.
  {
    inputShape: [2, 7, 8, 1],
    poolSize: [1, 2],
    strides: [2, 3],
    padding: 'valid',
    before: [0, 0],
    counts: [4, 3],
  },
  {
    inputShape: [2, 5, 7, 4],
    poolSize: [1, 2],
    strides: [3, 3],
    padding: 'same',
    before: [0, 0],
    counts: [2, 3],
  },
  // A window larger than the image.
  {
    inputShape: [2, 2, 3, 2],
    poolSize: [5, 4],
    strides: [1, 1],
    padding: 'same',
    before: [2, 1],
    counts: [2, 3],
  },
];

onEachBackend(() => {
  describe.each(['max', 'average'] as const)('%s', (kind) => {
    const pool2d = kind === 'max' ? maxPool2d : averagePool2d;
    const pool1d = kind === 'max' ? maxPool1d : averagePool1d;

    test.each(images)('of images: $inputShape by $poolSize, strides $strides, $padding', async (at) => {
      const { inputShape, poolSize, strides, padding } = at;
      const layer = pool2d({ poolSize, strides, padding });
      expectDerivativesOf(plainPool({ kind, ...at }), { layer, inputShape });
      await expectSecondOrder({ layer, inputShape });
    });

    test('of sequences: the images of one row', () => {
      const layer = pool1d({ poolSize: [3], strides: 2, padding: 'same' });
      const inputShape = [2, 6, 3];
      const [poolSize, strides, before, counts] = [[3], [2], [0], [3]];
      const reference = plainPool({ kind, inputShape, poolSize, strides, before, counts });
      expectDerivativesOf(reference, { layer, inputShape });
    });

    test('vjp is the adjoint of jvp at any shape', () => {
      const side = fc.integer({ min: 3, max: 7 });
      const few = fc.integer({ min: 1, max: 3 });
      const padding = fc.constantFrom('valid' as const, 'same' as const);
      const poolings = fc.record({ poolSize: fc.tuple(few, few), strides: fc.tuple(few, few), padding });
      fc.assert(
        fc.property(poolings, side, side, few, (options, height, width, channels) => {
          expectAdjoint({ layer: pool2d(options), inputShape: [2, height, width, channels] });
        }),
        { numRuns: 20 },
      );
    });

    test('over everything at once, of images and sequences', () => {
      const layer = kind === 'max' ? globalMaxPool() : globalAveragePool();
      for (const inputShape of [
        [2, 3, 4, 3],
        [2, 5, 2],
      ]) {
        expectDerivativesOf(plainGlobalPool(kind, inputShape), { layer, inputShape });
      }
    });
  });

  test('the first of equal maxima takes the gradient, in overlapping windows and over everything', () => {
    tidy(() => {
      const x = tensorOf([1, 3, 3, 2], [1, 4, 1]);
      const pool = maxPool1d({ poolSize: 3, strides: 1 });
      const { output, cache } = pool.forward(none, x, 'training');
      expect(Array.from(output.dataSync())).toEqual([3, 3]);
      const { input } = pool.vjp(none, cache, tensorOf([5, 7], [1, 2, 1]), true);
      expect(Array.from(input!.dataSync())).toEqual([0, 12, 0, 0]);
      const overall = globalMaxPool();
      const whole = overall.forward(none, x, 'training');
      const gradient = overall.vjp(none, whole.cache, tensorOf([5], [1, 1]), true);
      expect(Array.from(gradient.input!.dataSync())).toEqual([0, 5, 0, 0]);
    });
  });

  test('a window that stands out of an image of negatives does not take 0 for its maximum', () => {
    tidy(() => {
      const pool = maxPool2d({ poolSize: 3, strides: 1, padding: 'same' });
      const { output, cache } = pool.forward(none, tensorOf([-4, -3, -1, -2], [1, 2, 2, 1]), 'training');
      expect(Array.from(output.dataSync())).toEqual([-1, -1, -1, -1]);
      const { input } = pool.vjp(none, cache, tensorOf([1, 1, 1, 1], [1, 2, 2, 1]), true);
      expect(Array.from(input!.dataSync())).toEqual([0, 0, 4, 0]);
    });
  });
});

test('sizes and paddings that are none, and inputs of another rank, are refused', () => {
  expect(() => averagePool2d({ poolSize: [2, 0] })).toThrow(
    'averagePool2d: poolSize is [2, 0]; expected a positive integer, or one for each of [height, width].',
  );
  expect(() => maxPool2d({ poolSize: 2, strides: [1, 2, 3] as never })).toThrow(
    'maxPool2d: strides is [1, 2, 3];',
  );
  expect(() => maxPool1d({ poolSize: 2, padding: 'causal' as never })).toThrow(
    "maxPool1d: padding is 'causal'; expected 'valid' or 'same'.",
  );
  expect(() => maxPool1d({ poolSize: 2 }).outputShape([4])).toThrow(
    'maxPool1d: input has shape [batch, 4]; expected [batch, length, channels].',
  );
  expect(() => averagePool2d({ poolSize: [3, 2] }).outputShape([2, 4, 1])).toThrow(
    'averagePool2d: input has shape [batch, 2, 4, 1]; expected height and width of at least 3 and 2.',
  );
  for (const layer of [globalMaxPool(), globalAveragePool()]) {
    expect(() => layer.outputShape([3])).toThrow(
      `${layer.name}: input has shape [batch, 3]; expected [batch, height, width, channels] or [batch, length, channels].`,
    );
  }
});
