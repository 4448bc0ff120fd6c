import { expect, test } from 'vitest';
import { seededUniform } from '../test/random.js';
import { logDensity, parzenEstimator, sampleParzen } from './parzen-estimator.js';

test('without values there is the prior alone, as wide as the interval', () => {
  expect(parzenEstimator([], 0, 10).components).toEqual([{ centre: 5, deviation: 10, weight: 1 }]);
});

test('deviations are the distances to the farther neighbour, kept inside their limits', () => {
  const { components } = parzenEstimator([1, 8, 8.001], 0, 10);
  // Sorted 1, prior 5, 8, 8.001; the last is 0.001 from its neighbour and gets the smallest, 10/(1 + 4).
  expect(components.map(({ centre }) => centre)).toEqual([1, 5, 8, 8.001]);
  expect(components.map(({ deviation }) => deviation)).toEqual([4, 10, 3, 2]);
});

test('of many values the last 25 count fully and the first least', () => {
  const values = Array.from({ length: 30 }, (_, i) => i / 10);
  const byCentre = new Map(
    parzenEstimator(values, 0, 10).components.map(({ centre, weight }) => [centre, weight]),
  );
  const full = byCentre.get(2.9) as number;
  expect((byCentre.get(0) as number) / full).toBeCloseTo(1 / 30, 12);
  expect(byCentre.get(0.4)).toBeCloseTo(full, 12);
  expect(byCentre.get(0.5)).toBeCloseTo(full, 12);
});

test('the density integrates to one over the interval', () => {
  const estimator = parzenEstimator([1, 2, 9.5], 0, 10);
  const steps = 2000;
  let integral = 0;
  for (let i = 0; i < steps; i += 1) {
    integral += (Math.exp(logDensity(estimator, (10 * (i + 0.5)) / steps)) * 10) / steps;
  }
  // The normal distribution function is good to 1.5e-7, the midpoint rule to (10/2000)².
  expect(integral).toBeCloseTo(1, 5);
});

test('draws lie inside and follow the density', () => {
  const estimator = parzenEstimator([2, 2.1, 2.2], 0, 10);
  const uniform = seededUniform(1);
  const draws = Array.from({ length: 5000 }, () => sampleParzen(estimator, uniform));
  expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...draws)).toBeLessThan(10);
  let expected = 0;
  for (let i = 0; i < 1000; i += 1)
    expected += (Math.exp(logDensity(estimator, 4 * ((i + 0.5) / 1000))) * 4) / 1000;
  const share = draws.filter((value) => value < 4).length / draws.length;
  // Four standard deviations of a share of 5000 draws: at most 4·sqrt(0.25/5000) = 0.028.
  expect(Math.abs(share - expected)).toBeLessThan(0.028);
});
