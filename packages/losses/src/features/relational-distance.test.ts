import { expect, test } from 'vitest';
import {
  evaluateFeatures,
  expectFeatureGradient,
  features,
  goldenFeatureValue,
} from '../../test/expect-feature-gradient.js';
import { relationalDistance } from './relational-distance.js';

test('the golden value is 0.026560', () => {
  expect(goldenFeatureValue(relationalDistance())).toBeCloseTo(0.02656, 6);
});

test('the gradient is the difference quotient of the value', () => {
  expectFeatureGradient(relationalDistance(), features([4, 3], 1), features([4, 2, 1, 2], 2));
});

test('a larger student in the same shape costs nothing', () => {
  const student = features([4, 3], 1);
  const larger = { ...student, values: student.values.map((value) => 5 * value) };
  expect(evaluateFeatures(relationalDistance(), larger, student).value).toBeLessThan(1e-10);
});

test('examples at the same place give finite gradients', () => {
  const twins = { shape: [3, 2], values: [1, 2, 1, 2, 0, 1] };
  const { gradient } = evaluateFeatures(relationalDistance(), twins, features([3, 2], 1));
  expect(gradient.every(Number.isFinite)).toBe(true);
});
