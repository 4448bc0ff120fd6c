import { expect, test } from 'vitest';
import { evaluateFeatures, expectFeatureGradient, features } from '../../test/expect-feature-gradient.js';
import { hint } from './hint.js';

test('is the mean of squared differences', () => {
  const student = { shape: [1, 2], values: [1, 2] };
  const teacher = { shape: [1, 2], values: [0, 4] };
  expect(evaluateFeatures(hint(), student, teacher)).toEqual({ value: 2.5, gradient: [1, -2] });
});

test('the gradient is the difference quotient of the value', () => {
  expectFeatureGradient(hint(), features([2, 3, 2, 4], 1), features([2, 3, 2, 4], 2));
});

test('refuses features of another shape', () => {
  const run = () => evaluateFeatures(hint(), features([2, 3], 1), features([2, 4], 2));
  expect(run).toThrow('hint: teacherFeatures has shape [2,4]; expected [2,3]');
});
