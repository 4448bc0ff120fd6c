import { expect, test } from 'vitest';
import {
  evaluateFeatures,
  expectFeatureGradient,
  features,
  goldenFeatureValue,
} from '../../test/expect-feature-gradient.js';
import { similarityPreserving } from './similarity-preserving.js';

test('the golden value is 0.059041', () => {
  expect(goldenFeatureValue(similarityPreserving())).toBeCloseTo(0.059041, 6);
});

test('the gradient is the difference quotient of the value', () => {
  expectFeatureGradient(similarityPreserving(), features([4, 3], 1), features([4, 2, 1, 2], 2));
});

test('features of zeros give finite numbers', () => {
  const zeros = { shape: [2, 2], values: [0, 0, 0, 0] };
  const { value, gradient } = evaluateFeatures(similarityPreserving(), zeros, features([2, 2], 1));
  expect(Number.isFinite(value)).toBe(true);
  expect(gradient).toEqual([0, 0, 0, 0]);
});
