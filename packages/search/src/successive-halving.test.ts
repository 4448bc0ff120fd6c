import { expect, test } from 'vitest';
import { minimize, quadratic } from '../test/minimize.js';
import { seededUniform } from '../test/random.js';
import { successiveHalving } from './successive-halving.js';

const search = successiveHalving({ resource: 'epochs', minimum: 1, maximum: 9, reduction: 3 });

test('one in three points is promoted with three times as much, up to the maximum', () => {
  const { state } = minimize(search, quadratic, 40, 1);
  const counts = [1, 3, 9].map(
    (epochs) => state.trials.filter(({ point }) => point.epochs === epochs).length,
  );
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(40);
  // At least as many as may be promoted at the end; more if a point was promoted that later ones outdid.
  for (const rung of [1, 2]) {
    expect(counts[rung]).toBeGreaterThanOrEqual(Math.floor(counts[rung - 1]! / 3));
    expect(counts[rung]).toBeLessThan(counts[rung - 1]! / 2);
  }
});

test('those that are promoted are the best of their rung, as they were asked', () => {
  const { state } = minimize(search, quadratic, 4, 2);
  const [first, second, third, fourth] = state.trials;
  const best = [first!, second!, third!].sort((a, b) => a.loss - b.loss)[0]!;
  expect(fourth?.point).toEqual({ ...best.point, epochs: 3 });
});

test('nobody waits: with nothing to promote, asking gives new points', () => {
  const uniform = seededUniform(3);
  let state = search.initialize(quadratic.space);
  for (let i = 0; i < 5; i += 1) {
    const asked = search.ask(state, uniform);
    expect(asked.point.epochs).toBe(1);
    state = asked.state;
  }
});

test('the best trial is the best of the highest rung, and the state survives JSON', () => {
  const { state } = minimize(search, quadratic, 40, 4);
  const top = state.trials.filter(({ point }) => point.epochs === 9);
  const restored = JSON.parse(JSON.stringify(state));
  expect(search.best(restored)?.loss).toBe(Math.min(...top.map(({ loss }) => loss)));
  expect(search.best(search.initialize(quadratic.space))).toBeUndefined();
});

test('the maximum is reached, though the logarithm of 243 to the base 3 is rounded below 5', () => {
  const long = successiveHalving({ resource: 'epochs', minimum: 1, maximum: 243 });
  const { state } = minimize(long, quadratic, 400, 5);
  expect(Math.max(...state.trials.map(({ point }) => point.epochs as number))).toBe(243);
});

test('with equal ends every point has the same, and two is the smallest reduction', () => {
  const { state } = minimize(
    successiveHalving({ resource: 'epochs', minimum: 1, maximum: 1, reduction: 2 }),
    quadratic,
    10,
    6,
  );
  expect(state.trials.every(({ point }) => point.epochs === 1)).toBe(true);
});

test('refuses a resource that is a dimension and ranges that are none', () => {
  const named = successiveHalving({ resource: 'temperature', minimum: 1, maximum: 9 });
  expect(() => named.initialize(quadratic.space)).toThrow('space names temperature, the resource');
  expect(() => successiveHalving({ resource: 'epochs', minimum: 3, maximum: 1 })).toThrow(
    'minimum is 3 and maximum 1',
  );
  for (const [minimum, maximum, message] of [
    [0, 9, 'minimum is 0; expected a positive number'],
    ['1', 9, "minimum is '1'; expected a positive number"],
    [1, Number.POSITIVE_INFINITY, 'maximum is Infinity; expected a positive number'],
    [1e-300, 1e300, 'and a ratio of at most 1000000000000000.'],
  ] as const) {
    expect(() => successiveHalving({ resource: 'epochs', minimum: minimum as number, maximum })).toThrow(
      message,
    );
  }
  expect(() => successiveHalving({ resource: 'epochs', minimum: 1, maximum: 9, reduction: 1 })).toThrow(
    'reduction is 1; expected an integer of at least 2',
  );
});

test('refuses a trial that was given something else than it was asked with', () => {
  const { id, point, state } = search.ask(search.initialize(quadratic.space), seededUniform(1));
  const { epochs, ...without } = point;
  expect(epochs).toBe(1);
  for (const other of [{ ...point, epochs: 9 }, without]) {
    expect(() => search.tell(state, { id, point: other, loss: 0 })).toThrow(
      `successiveHalving: trial.point.epochs is ${other.epochs}; expected 1. Tell the point that ask returned.`,
    );
  }
});
