import { expect, test } from 'vitest';
import { checkBounds, projectOntoBox } from './bounds.js';

test('moves what is outside to the nearest end and leaves the rest alone', () => {
  const bounds = [
    [0, 1],
    [0.1, 10],
  ] as const;
  expect(projectOntoBox([-0.5, 3], bounds)).toEqual([0, 3]);
  expect(projectOntoBox([1.85, -0.58], bounds)).toEqual([1, 0.1]);
});

test('refuses a box of another dimension', () => {
  expect(() => projectOntoBox([1, 2], [[0, 1]])).toThrow(
    /^projectOntoBox: metaparameters has 2 values; expected 1, one per interval .*Give both/,
  );
});

test('an interval may be one point; one whose ends are swapped or NaN is refused', () => {
  expect(() =>
    checkBounds('alternate', [
      [0, 1],
      [2, 2],
    ]),
  ).not.toThrow();
  expect(() =>
    checkBounds('alternate', [
      [0, 1],
      [2, 1],
    ]),
  ).toThrow('alternate: bounds[1] is [2, 1]; expected low <= high.');
  expect(() => checkBounds('alternate', [[Number.NaN, 1]])).toThrow('alternate: bounds[0] is [NaN, 1]');
});
