import { expect, test } from 'vitest';
import { leastSquaresLine } from './least-squares-line.js';

test('passes through two values, and is flat through one', () => {
  expect(leastSquaresLine([5, 3])).toEqual({ slope: -2, intercept: 5 });
  expect(leastSquaresLine([5])).toEqual({ slope: 0, intercept: 5 });
});
