import { expect, test } from 'vitest';
import { mean, rounded, shownSpread, signed, spread } from './spread.js';

test('a spread is a mean and the population standard deviation', () => {
  expect(mean([])).toBeNaN();
  const found = spread([0.4, 0.6]);
  expect(found.mean).toBeCloseTo(0.5, 12);
  expect(found.std).toBeCloseTo(0.1, 12);
  expect(shownSpread(found)).toBe('0.5000 ± 0.1000');
});

test('differences have a sign unless they are 0, and logs keep six digits', () => {
  expect([0.01, -0.01, -0.00001].map(signed)).toEqual(['+0.0100', '−0.0100', '0.0000']);
  expect(rounded(0.123456789)).toBe(0.123457);
});
