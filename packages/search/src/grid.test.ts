import { expect, test } from 'vitest';
import { minimize, quadratic } from '../test/minimize.js';
import { grid } from './grid.js';

test('visits every combination once, ends included, evenly in the logarithm if asked', () => {
  const search = grid({ points: { distillationFraction: 3, temperature: 3 } });
  const { state } = minimize(search, quadratic, 9, 1);
  const points = state.trials.map(({ point }) => [point.distillationFraction, point.temperature!.toFixed(6)]);
  const temperatures = ['0.100000', '1.000000', '10.000000'];
  expect(points).toEqual([0, 0.5, 1].flatMap((fraction) => temperatures.map((each) => [fraction, each])));
});

test('rounding leaves no end of a logarithmic dimension: exp(ln 10) is above 10 and exp(ln 5) below 5', () => {
  const state = grid({ points: 2 }).initialize([{ name: 'temperature', low: 5, high: 10, scale: 'log' }]);
  const first = grid({ points: 2 }).ask(state, Math.random);
  expect(first.point).toEqual({ temperature: 5 });
  expect(grid({ points: 2 }).ask(first.state, Math.random).point).toEqual({ temperature: 10 });
});

test('starts again after the last point', () => {
  const { state } = minimize(grid({ points: 2 }), quadratic, 5, 1);
  expect(state.trials[4]?.point).toEqual(state.trials[0]?.point);
});

test('refuses a dimension without a number of points', () => {
  expect(() => grid({ points: { temperature: 3 } }).initialize(quadratic.space)).toThrow(
    'grid: points of distillationFraction is NaN; expected an integer of at least 2',
  );
  expect(() => grid({ points: 1 }).initialize(quadratic.space)).toThrow('is 1; expected an integer');
  expect(() => grid({ points: '3' as never })).toThrow(
    "grid: points is '3'; expected an object of values by name.",
  );
  const named = grid({ points: {} }).initialize.bind(undefined, [{ name: 'constructor', low: 0, high: 1 }]);
  expect(named).toThrow('grid: points of constructor is NaN; expected an integer of at least 2.');
});
