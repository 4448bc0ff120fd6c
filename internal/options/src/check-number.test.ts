import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkNumber, type NumberRange } from './check-number.js';

const check = (value: unknown, range: NumberRange, remedy?: string) =>
  checkNumber('adam', 'beta1', value, range, remedy);

test('gives back a number in its range, ends as they are meant', () => {
  for (const value of [0, 0.5, 1, -0]) expect(check(value, { least: 0, most: 1 })).toBe(value);
  expect(check(3, { least: 3, whole: true })).toBe(3);
  expect(check(-1e308, {})).toBe(-1e308);
});

test.each<[unknown, NumberRange, string]>([
  [1, { least: 0, below: 1 }, 'adam: beta1 is 1; expected a number in [0, 1).'],
  [0, { above: 0, most: 1 }, 'adam: beta1 is 0; expected a number in (0, 1].'],
  [0, { above: 0 }, 'adam: beta1 is 0; expected a positive number.'],
  [1, { above: 1 }, 'adam: beta1 is 1; expected a finite number above 1.'],
  [-1, { least: 0 }, 'adam: beta1 is -1; expected a finite number of at least 0.'],
  [9, { most: 8 }, 'adam: beta1 is 9; expected a finite number of at most 8.'],
  [8, { below: 8 }, 'adam: beta1 is 8; expected a finite number below 8.'],
  [0.5, { whole: true }, 'adam: beta1 is 0.5; expected an integer.'],
  [0, { least: 1, whole: true }, 'adam: beta1 is 0; expected an integer of at least 1.'],
  [2 ** 53, { least: 1, whole: true }, 'expected an integer of at least 1.'],
  [9, { least: 0, most: 8, whole: true }, 'adam: beta1 is 9; expected an integer, 0 to 8.'],
])('%# refuses what is out of range', (value, range, message) => {
  expect(() => check(value, range)).toThrow(message);
  expect(() => check(value, range)).toThrow(RangeError);
});

test('NaN and the infinities are in no range, and the remedy follows', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    expect(() => check(value, {}, 'Leave it out.')).toThrow(
      `adam: beta1 is ${value}; expected a finite number. Leave it out.`,
    );
  }
});

test('nothing but a number is one, even if it compares as one', () => {
  const others = [null, undefined, false, true, '', '0.5', 1n, [], [0.5], new Date(0), Object(0.5)];
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom<unknown>(...others), fc.anything()).filter((v) => typeof v !== 'number'),
      (value) => {
        expect(() => check(value, {})).toThrow(TypeError);
        expect(() => check(value, { least: 0, most: 1 })).toThrow('; expected a number in [0, 1].');
      },
    ),
  );
});
