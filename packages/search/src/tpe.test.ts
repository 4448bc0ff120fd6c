import { describe, expect, test } from 'vitest';
import { branin, hartmann3, median, minimize, quadratic } from '../test/minimize.js';
import { seededUniform } from '../test/random.js';
import { randomSearch } from './random-search.js';
import { tpe } from './tpe.js';

// As many runs as it takes for the medians to settle: both searches draw at random.
const seeds = Array.from({ length: 101 }, (_, seed) => seed);

describe.each([
  ['Branin', branin],
  ['Hartmann-3', hartmann3],
  ['a quadratic', quadratic],
] as const)('on %s', (_, problem) => {
  test('50 trials find no worse a median than 100 trials of random search', () => {
    const found = median(seeds.map((seed) => minimize(tpe(), problem, 50, seed).best));
    const random = median(seeds.map((seed) => minimize(randomSearch(), problem, 100, seed + 1000).best));
    expect(found).toBeGreaterThanOrEqual(problem.minimum - 1e-4);
    expect(found).toBeLessThanOrEqual(random);
  });
});

test('start-up trials are random search, draw for draw', () => {
  const { state } = minimize(tpe(), branin, 20, 7);
  expect(state).toEqual(minimize(randomSearch(), branin, 20, 7).state);
});

test('the same seed asks for the same points, also after a restart from JSON', () => {
  const search = tpe({ startupTrials: 5 });
  const { state } = minimize(search, branin, 12, 3);
  const restored = JSON.parse(JSON.stringify(state));
  expect(search.ask(restored, seededUniform(9))).toEqual(search.ask(state, seededUniform(9)));
});

test('several points may be asked for before any is told, and told in any order', () => {
  const search = tpe({ startupTrials: 2 });
  const uniform = seededUniform(5);
  const { state } = minimize(search, quadratic, 4, 5);
  const first = search.ask(state, uniform);
  const second = search.ask(first.state, uniform);
  const late = search.tell(second.state, { id: second.id, point: second.point, loss: 0.5 });
  const both = search.tell(late, { id: first.id, point: first.point, loss: Infinity });
  expect(both.trials).toHaveLength(6);
  expect(search.ask(both, uniform).id).toBe(6);
});

test('points stay inside the space', () => {
  const { state } = minimize(tpe({ startupTrials: 3 }), quadratic, 60, 11);
  for (const { point } of state.trials) {
    expect(point.distillationFraction).toBeGreaterThanOrEqual(0);
    expect(point.distillationFraction).toBeLessThanOrEqual(1);
    expect(point.temperature).toBeGreaterThanOrEqual(0.1);
    expect(point.temperature).toBeLessThanOrEqual(10);
  }
});

test('refuses options out of range', () => {
  expect(() => tpe({ startupTrials: 0 })).toThrow(
    'tpe: startupTrials is 0; expected an integer of at least 1',
  );
  for (const gamma of [0, 1]) expect(() => tpe({ gamma })).toThrow(`tpe: gamma is ${gamma}`);
  expect(() => tpe({ candidates: 0 })).toThrow('tpe: candidates is 0; expected an integer of at least 1');
});
