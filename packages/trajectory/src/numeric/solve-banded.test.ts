import fc from 'fast-check';
import { expect, test } from 'vitest';
import { solveBanded } from './solve-banded.js';

test('the solution times the matrix is the right-hand side', () => {
  const entry = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(
    fc.property(entry, entry, fc.array(entry, { minLength: 1, maxLength: 30 }), (first, second, right) => {
      // Dominated by its diagonal, and so positive definite.
      const bands = [5, first, second];
      const solution = solveBanded(bands, right);
      right.forEach((value, i) => {
        const product = solution.reduce((sum, x, j) => sum + (bands[Math.abs(i - j)] ?? 0) * x, 0);
        expect(product).toBeCloseTo(value, 12);
      });
    }),
  );
});
