import { expect, test } from 'vitest';
import { seededUniform } from '../test/random.js';
import { randomSearch } from './random-search.js';
import type { Dimension } from './types.js';

const space: readonly Dimension[] = [
  { name: 'distillationFraction', low: 0, high: 1 },
  { name: 'temperature', low: 0.1, high: 10, scale: 'log' },
];

function points(seed: number, count: number) {
  const search = randomSearch();
  const uniform = seededUniform(seed);
  let state = search.initialize(space);
  return Array.from({ length: count }, () => {
    const asked = search.ask(state, uniform);
    state = asked.state;
    return asked;
  });
}

test('the same draws give the same points, and ids count from zero', () => {
  expect(points(1, 5)).toEqual(points(1, 5));
  expect(points(1, 3).map(({ id }) => id)).toEqual([0, 1, 2]);
});

test('a log dimension is uniform in the logarithm: half of the temperatures lie below 1', () => {
  const temperatures = points(2, 2000).map(({ point }) => point.temperature as number);
  expect(Math.min(...temperatures)).toBeGreaterThanOrEqual(0.1);
  expect(Math.max(...temperatures)).toBeLessThan(10);
  const below = temperatures.filter((temperature) => temperature < 1).length / 2000;
  // Four standard deviations of a share of 2000 draws: 4·sqrt(0.25/2000) = 0.045.
  expect(Math.abs(below - 0.5)).toBeLessThan(0.045);
});

test('a linear dimension is uniform on its interval', () => {
  const fractions = points(3, 2000).map(({ point }) => point.distillationFraction as number);
  const average = fractions.reduce((sum, fraction) => sum + fraction, 0) / 2000;
  // Four standard deviations of the average: 4·sqrt(1/12/2000) = 0.026.
  expect(Math.abs(average - 0.5)).toBeLessThan(0.026);
});

test('the best trial is the smallest loss told, in any order, and the state survives JSON', () => {
  const search = randomSearch();
  const uniform = seededUniform(4);
  const first = search.ask(search.initialize(space), uniform);
  const second = search.ask(first.state, uniform);
  expect(search.best(second.state)).toBeUndefined();
  let state = search.tell(second.state, { id: 1, point: second.point, loss: 0.2 });
  state = JSON.parse(JSON.stringify(search.tell(state, { id: 0, point: first.point, loss: Infinity })));
  expect(search.best(state)).toEqual({ id: 1, point: second.point, loss: 0.2 });
  expect(state.trials[1]?.loss).toBe(Number.MAX_VALUE);
});

test('of equal trials the first told is the best', () => {
  const search = randomSearch();
  const uniform = seededUniform(4);
  const first = search.ask(search.initialize(space), uniform);
  const second = search.ask(first.state, uniform);
  const state = search.tell(second.state, { id: 1, point: second.point, loss: 0 });
  expect(search.best(search.tell(state, { id: 0, point: first.point, loss: 0 }))?.id).toBe(1);
});
