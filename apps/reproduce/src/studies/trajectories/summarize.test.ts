import { expect, test } from 'vitest';
import type { ClosedLoopRecord } from './closed-loop.js';
import { compare, summarize } from './summarize.js';

const record = (seed: number, start: number, testAccuracy: number): ClosedLoopRecord => ({
  seed,
  start,
  paperAccuracy: 0.5,
  testAccuracy,
  cost: 1.5,
});

test('means come with the spread over trainings and the error of the mean', () => {
  const { testAccuracy, cost } = summarize([record(1, 0, 0.6), record(1, 1, 0.8)]);
  expect(testAccuracy.mean).toBeCloseTo(0.7, 12);
  expect(testAccuracy.std).toBeCloseTo(0.1, 12);
  expect(testAccuracy.standardError).toBeCloseTo(0.1 / Math.SQRT2, 12);
  expect(cost).toBe(1.5);
});

test('starts are the pairs on one data set, and data sets on several', () => {
  const baseline = [0, 1, 2, 3, 4].map((start) => record(1, start, 0.5));
  const better = baseline.map(({ start }) => record(1, start, 0.6));
  expect(compare(better, baseline)?.mean).toBeCloseTo(0.1, 12);
  // Twenty trainings on four data sets are four pairs: too few for an interval.
  const onFour = [1, 2, 3, 4].flatMap((seed) => baseline.map(({ start }) => record(seed, start, 0.5)));
  expect(compare(onFour, onFour)).toBeUndefined();
});
