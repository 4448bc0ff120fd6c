import { expect, test } from 'vitest';
import { seededUniform } from '../test/random.js';
import { logDensity, type ParzenEstimator, parzenEstimator, sampleParzen } from './parzen-estimator.js';

test('without values there is the prior alone, as wide as the interval', () => {
  expect(parzenEstimator([], 0, 10).components).toEqual([{ centre: 5, deviation: 10, weight: 1 }]);
  expect(parzenEstimator([], -1, 3).components).toEqual([{ centre: 1, deviation: 4, weight: 1 }]);
});

test('deviations are the distances to the farther neighbour, kept inside their limits', () => {
  const { components } = parzenEstimator([1, 8, 8.001], 0, 10);
  // Sorted 1, prior 5, 8, 8.001; the last is 0.001 from its neighbour and gets the smallest, 10/(1 + 4).
  expect(components.map(({ centre }) => centre)).toEqual([1, 5, 8, 8.001]);
  expect(components.map(({ deviation }) => deviation)).toEqual([4, 10, 3, 2]);
});

test('one value is half the interval wide, and of very many none is narrower than a hundredth', () => {
  expect(parzenEstimator([2], 0, 10).components.map(({ deviation }) => deviation)).toEqual([5, 10]);
  const many = parzenEstimator(Array(150).fill(2), 0, 10).components;
  expect(Math.min(...many.map(({ deviation }) => deviation))).toBe(0.1);
});

test('of 26 values the first alone has lost weight', () => {
  const weights = parzenEstimator(
    Array.from({ length: 26 }, (_, i) => i / 10),
    0,
    10,
  ).components.map(({ weight }) => weight);
  expect((weights[0] as number) / (weights[1] as number)).toBeCloseTo(1 / 26, 12);
  expect(weights[25]).toBeCloseTo(weights[1] as number, 12);
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

test('the density of one component is the normal one over its mass inside', () => {
  const estimator = parzenEstimator([], 0, 10);
  // Φ(1/2) − Φ(−1/2), from tables.
  const mass = 0.3829249225;
  const density = (value: number) =>
    Math.exp(-0.5 * ((value - 5) / 10) ** 2) / (10 * Math.sqrt(2 * Math.PI)) / mass;
  for (const value of [0, 5, 9])
    expect(Math.exp(logDensity(estimator, value))).toBeCloseTo(density(value), 7);
});

test('a draw takes a component by its weight, then a normal value by Box and Muller, until one is inside', () => {
  const sample = (estimator: ParzenEstimator, ...uniforms: number[]) =>
    sampleParzen(estimator, () => uniforms.shift() as number);
  const components = [
    { centre: 2, deviation: 1, weight: 0.25 },
    { centre: 6, deviation: 2, weight: 0.7499 },
  ];
  const wide = { low: 0, high: 10, components };
  // The root of −2 ln(1 − u) is 1, and cos(2π/8) that of 1/2.
  const [one, eighth] = [1 - Math.exp(-0.5), 1 / 8];
  expect(sample(wide, 0.2, one, eighth)).toBeCloseTo(2 + Math.SQRT1_2, 12);
  expect(sample(wide, 0.25, one, eighth)).toBeCloseTo(6 + 2 * Math.SQRT1_2, 12);
  // Rounding may leave the weights short of 1.
  expect(sample(wide, 0.99999, one, eighth)).toBeCloseTo(6 + 2 * Math.SQRT1_2, 12);
  // The lower end is inside, the upper one is not.
  expect(sample({ ...wide, low: 2 }, 0.2, 0, 0)).toBe(2);
  expect(sample({ ...wide, high: 2 }, 0.2, 0, 0, 0.2, one, 3 / 8)).toBeCloseTo(2 - Math.SQRT1_2, 12);
  expect(sample({ ...wide, low: 2 }, 0.2, one, 3 / 8, 0.2, 0, 0)).toBe(2);
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
