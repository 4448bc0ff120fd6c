import { describe, expect, test } from 'vitest';
import {
  evaluateFeatures,
  expectFeatureGradient,
  features,
  goldenFeatureValue,
} from '../../test/expect-feature-gradient.js';
import { pkt } from './pkt.js';

describe.each([
  ['elementMean', 0.002141],
  ['rowSum', 0.006422],
] as const)('reduction %s', (reduction, expected) => {
  test('the golden value is reproduced', () => {
    expect(goldenFeatureValue(pkt({ reduction }))).toBeCloseTo(expected, 6);
  });

  test('the gradient is the difference quotient of the value', () => {
    expectFeatureGradient(pkt({ reduction }), features([4, 3], 1), features([4, 2, 1, 2], 2));
  });
});

test('features of zeros give finite numbers', () => {
  const { value, gradient } = evaluateFeatures(
    pkt({ reduction: 'rowSum' }),
    { shape: [2, 2], values: [0, 0, 0, 0] },
    features([2, 2], 1),
  );
  expect([value, ...gradient].every(Number.isFinite)).toBe(true);
});

test('refuses different batches, single examples and unknown reductions', () => {
  const loss = pkt({ reduction: 'rowSum' });
  expect(() => evaluateFeatures(loss, features([3, 2], 1), features([2, 2], 1))).toThrow(
    'has 2 examples; expected 3',
  );
  expect(() => evaluateFeatures(loss, features([1, 2], 1), features([1, 2], 1))).toThrow(
    'expected at least 2',
  );
  expect(() => pkt({ reduction: 'mean' as 'rowSum' })).toThrow("reduction is 'mean'");
});
