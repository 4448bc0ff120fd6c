import { expect, test } from 'vitest';
import { expectPredictor } from '../../test/expect-predictor.js';
import { anchoredLinear } from './anchored-linear.js';

test('continues lines and refuses histories that it cannot fit', () => {
  expectPredictor(anchoredLinear());
});

test('starts from the last value and not from the line', () => {
  // The slope through 0, 3, 3 is 1.5.
  expect(anchoredLinear().fit([0, 3, 3])(2)).toBeCloseTo(6, 12);
});
