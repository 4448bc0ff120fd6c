import { constant, linear } from '@metadistill/trajectory';
import { expect, test } from 'vitest';
import { horizonsOf, openLoopErrors } from './open-loop.js';

const straight = Float64Array.from({ length: 300 }, (_, z) => 0.001 * z);

test('a line is predicted without error, and holding its last value misses by the way that it goes', () => {
  expect(openLoopErrors(straight, linear(), [0, 1], 10, [1, 90]).every((error) => error < 1e-12)).toBe(true);
  const [one, ninety] = openLoopErrors(straight, constant(), [0, 1], 10, [1, 90]);
  expect(one).toBeCloseTo(0.001, 12);
  expect(ninety).toBeCloseTo(0.09, 12);
});

test('predictions stop at the bounds, as the trajectory does', () => {
  const saturated = straight.map((value) => Math.min(0.1, value));
  // Of 16 blocks from 0 to 200 on, those that end before 100 go on and those after rest.
  const [raw] = openLoopErrors(saturated, linear(), [0, 10], 10, [90]);
  const [projected] = openLoopErrors(saturated, linear(), [0, 0.1], 10, [90]);
  expect(projected).toBeLessThan(raw!);
  expect(projected).toBeLessThan(1e-12);
});

test('horizons reach nine blocks and end with the trajectory', () => {
  expect(horizonsOf(10, 2001)).toEqual([1, 2, 5, 10, 20, 50, 90]);
  expect(horizonsOf(1000, 1200)).toEqual([1, 2, 5, 10, 20, 50, 90, 100, 200]);
});
