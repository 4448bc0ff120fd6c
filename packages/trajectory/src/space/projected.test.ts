import { expect, test } from 'vitest';
import { linear } from '../predictors/linear.js';
import { projected } from './projected.js';

test('predictions stop at the ends', () => {
  const predict = projected(linear(), 0, 1).fit([0.6, 0.8]);
  expect(predict(1)).toBeCloseTo(1, 12);
  expect(predict(50)).toBe(1);
  expect(projected(linear(), 0, 1).fit([0.4, 0.2])(50)).toBe(0);
});

test('refuses an interval upside down', () => {
  expect(() => projected(linear(), 1, 0)).toThrow('expected low <= high');
});
