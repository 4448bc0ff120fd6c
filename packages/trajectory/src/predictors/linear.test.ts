import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectPredictor } from '../../test/expect-predictor.js';
import { linear } from './linear.js';

test('continues lines and refuses histories that it cannot fit', () => {
  expectPredictor(linear());
});

test('predicts values of the fitted line, not increments from the last value', () => {
  // By hand: mean 2, slope (−1·0 + 1·3)/2 = 1.5 over z = 0, 1, 2, so the line is 0.5 + 1.5z and z = 3 gives 5.
  expect(linear().fit([0, 3, 3])(1)).toBeCloseTo(5, 12);
});

test('residuals are orthogonal to the positions, which makes the line the least-squares one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 2, maxLength: 50 }),
      (v) => {
        const predict = linear().fit(v);
        const residuals = v.map((value, z) => value - predict(z - v.length + 1));
        const total = residuals.reduce((sum, residual) => sum + residual, 0);
        const weighted = residuals.reduce((sum, residual, z) => sum + z * residual, 0);
        // Rounding of 50 terms of size 10, times positions up to 50.
        expect(Math.abs(total)).toBeLessThan(1e-10);
        expect(Math.abs(weighted)).toBeLessThan(1e-9);
      },
    ),
  );
});
