import { expect, test } from 'vitest';
import { checkFiniteLogits, checkTeacherRows } from './check-finite-logits.js';

test('accepts finite rows and names the row and class of the first value that is not finite', () => {
  expect(() => checkFiniteLogits('f', 'logits', [1, -7882, 0, 3], 2)).not.toThrow();
  expect(() => checkFiniteLogits('f', 'logits', [1, 2, 3, Number.NaN], 2)).toThrow('logits[1][1] is NaN');
  expect(() => checkFiniteLogits('f', 'logits', [Number.POSITIVE_INFINITY, 2], 2)).toThrow(
    'logits[0][0] is Infinity',
  );
  expect(() => checkFiniteLogits('f', 'logits', [1, 2, 3], 2)).toThrow('3 values; expected a multiple of 2');
});

test('a teacher may mask classes, but not all of a row', () => {
  const hidden = Number.NEGATIVE_INFINITY;
  expect(() => checkTeacherRows('f', 'logits', [1, hidden, -3.4e38, 3], 2)).not.toThrow();
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => checkTeacherRows('f', 'logits', [1, hidden, value, 3], 2)).toThrow(
      `f: logits[1][0] is ${value}; expected a finite number, or -Infinity for a class that is masked.`,
    );
  }
  expect(() => checkTeacherRows('f', 'logits', [1, hidden, -3.4e38, hidden], 2)).toThrow(
    'f: logits[1] masks every class; expected a finite number in each row.',
  );
  expect(() => checkTeacherRows('f', 'logits', [1, 2, 3], 2)).toThrow('3 values; expected a multiple of 2');
});
