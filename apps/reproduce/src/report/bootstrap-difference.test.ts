import { expect, test } from 'vitest';
import { bootstrapDifference, type Difference } from './bootstrap-difference.js';

/** The means of all 5⁵ samples of five values, which the bootstrap draws from, in order. */
function allMeans(values: readonly number[]): number[] {
  const samples = values.reduce<number[]>(
    (sums) => sums.flatMap((sum) => values.map((value) => sum + value)),
    [0],
  );
  return samples.map((sum) => sum / values.length).sort((a, b) => a - b);
}

test('the interval is the middle 95 % of the means of all resamples', () => {
  const differences = [0.031, -0.012, 0.054, 0.008, 0.023];
  const { mean, low, high } = bootstrapDifference(differences) as Difference;
  expect(mean).toBeCloseTo(0.0208, 12);
  const exact = allMeans(differences);
  // A share of 10,000 draws is known to ±0.0016 (one standard error at 0.025); four of them either side.
  const near = (share: number) =>
    [share - 0.0064, share + 0.0064].map((at) => exact[Math.round(at * 3124)] as number);
  const [[lowest, lower], [higher, highest]] = [near(0.025), near(0.975)] as [
    [number, number],
    [number, number],
  ];
  expect(low).toBeGreaterThanOrEqual(lowest);
  expect(low).toBeLessThanOrEqual(lower);
  expect(high).toBeGreaterThanOrEqual(higher);
  expect(high).toBeLessThanOrEqual(highest);
});

test('for many runs it is the normal interval of the mean', () => {
  const differences = Array.from({ length: 400 }, (_, i) => 0.02 + 0.01 * Math.sin(i * i));
  const mean = differences.reduce((a, b) => a + b) / 400;
  const spread = Math.sqrt(differences.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 400);
  const { low, high } = bootstrapDifference(differences) as Difference;
  const half = (1.96 * spread) / Math.sqrt(400);
  // Quantiles of 10,000 means are known to 2 % of the half width (one standard error).
  expect(Math.abs(low - (mean - half))).toBeLessThan(0.08 * half);
  expect(Math.abs(high - (mean + half))).toBeLessThan(0.08 * half);
});

test('equal differences leave no doubt', () => {
  expect(bootstrapDifference([0.25, 0.25, 0.25, 0.25, 0.25])).toEqual({ mean: 0.25, low: 0.25, high: 0.25 });
});

test('the same differences give the same interval', () => {
  const differences = [1, 2, 4, 8, 16, 32];
  expect(bootstrapDifference(differences)).toEqual(bootstrapDifference(differences));
});

test('fewer than five pairs give none', () => {
  expect(bootstrapDifference([0.1, 0.2, 0.3, 0.4])).toBeUndefined();
  expect(bootstrapDifference([])).toBeUndefined();
});
