import { expect, test } from 'vitest';
import { checkFiniteLogits } from './check-finite-logits.js';

test('accepts finite rows and names the row and class of the first value that is not finite', () => {
  expect(() => checkFiniteLogits('f', 'logits', [1, -7882, 0, 3], 2)).not.toThrow();
  expect(() => checkFiniteLogits('f', 'logits', [1, 2, 3, Number.NaN], 2)).toThrow('logits[1][1] is NaN');
  expect(() => checkFiniteLogits('f', 'logits', [Number.POSITIVE_INFINITY, 2], 2)).toThrow(
    'logits[0][0] is Infinity',
  );
  expect(() => checkFiniteLogits('f', 'logits', [1, 2, 3], 2)).toThrow('3 values; expected a multiple of 2');
});
