import { expect, test } from 'vitest';
import {
  evaluateFeatures,
  expectFeatureGradient,
  features,
  goldenFeatureValue,
} from '../../test/expect-feature-gradient.js';
import { relationalAngle } from './relational-angle.js';

test('the golden value is 0.067019', () => {
  expect(goldenFeatureValue(relationalAngle())).toBeCloseTo(0.067019, 6);
});

test('the gradient is the difference quotient of the value', () => {
  expectFeatureGradient(relationalAngle(), features([4, 3], 1), features([4, 2, 1, 2], 2));
});

test('a turned and larger student costs nothing', () => {
  const student = { shape: [3, 2], values: [1, 2, 0, 1, 2, 0] };
  // (x, y) -> 3(−y, x)
  const turned = { shape: [3, 2], values: [-6, 3, -3, 0, 0, 6] };
  expect(evaluateFeatures(relationalAngle(), turned, student).value).toBeLessThan(1e-10);
});

test('examples at the same place give finite gradients', () => {
  const twins = { shape: [3, 2], values: [1, 2, 1, 2, 0, 1] };
  const { gradient } = evaluateFeatures(relationalAngle(), twins, features([3, 2], 1));
  expect(gradient.every(Number.isFinite)).toBe(true);
});
