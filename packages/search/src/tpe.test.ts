import { expect, test } from 'vitest';
import { branin, minimize, quadratic } from '../test/minimize.js';
import { seededUniform } from '../test/random.js';
import { logDensity, parzenEstimator, sampleParzen } from './parzen-estimator.js';
import { randomSearch } from './random-search.js';
import { tpe } from './tpe.js';

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

test.each([
  [40, 6],
  [300, 25],
])(
  'of %i trials %i are good; of draws from their density it asks for the one with the largest ratio',
  (count, good) => {
    const space = [{ name: 'x', low: 0, high: 1 }];
    const uniform = seededUniform(8);
    const losses = Array.from({ length: count }, uniform);
    const trials = losses.map((loss, id) => ({ id, point: { x: (loss + 0.3 * uniform()) / 1.3 }, loss }));
    const worst = [...losses].sort((a, b) => a - b)[good - 1]!;
    const density = (...which: typeof trials) =>
      parzenEstimator(
        which.map(({ point }) => point.x),
        0,
        1,
      );
    const best = density(...trials.filter(({ loss }) => loss <= worst));
    const rest = density(...trials.filter(({ loss }) => loss > worst));
    const draws = seededUniform(9);
    const candidates = Array.from({ length: 24 }, () => sampleParzen(best, draws));
    const ratios = candidates.map((x) => logDensity(best, x) - logDensity(rest, x));

    const { point, id, state } = tpe().ask({ space, asked: count, trials }, seededUniform(9));
    expect(point).toEqual({ x: candidates[ratios.indexOf(Math.max(...ratios))] });
    expect([id, state.asked]).toEqual([count, count + 1]);
  },
);

test('refuses options out of range', () => {
  expect(() => tpe({ startupTrials: 0 })).toThrow(
    'tpe: startupTrials is 0; expected an integer of at least 1',
  );
  for (const gamma of [0, 1, Number.NaN]) expect(() => tpe({ gamma })).toThrow(`tpe: gamma is ${gamma}`);
  expect(() => tpe({ candidates: 0 })).toThrow('tpe: candidates is 0; expected an integer, 1 to 100000');
});
