import { expect, test } from 'vitest';
import { expectPredictor } from '../../test/expect-predictor.js';
import { theilSen } from './theil-sen.js';

test('continues lines and refuses histories that it cannot fit', () => {
  expectPredictor(theilSen());
});

test('wild values in the middle do not move the slope', () => {
  const values = Array.from({ length: 21 }, (_, z) => 2 * z);
  values[5] = 1000;
  values[12] = -1000;
  expect(theilSen().fit(values)(1)).toBe(42);
});

test('takes the mean of the two middle slopes if their number is even', () => {
  // Slopes of 0, 1, 4, 4: 1, 3, 0, 2, 1.5, 4/3; sorted, the middle ones are 4/3 and 1.5.
  expect(theilSen().fit([0, 1, 4, 4])(6)).toBeCloseTo(4 + (6 * (4 / 3 + 1.5)) / 2, 12);
});
