import { describe, expect, test } from 'vitest';
import * as exported from '../src/index.js';
import type { Dimension } from '../src/types.js';
import { everySearch } from './every-search.js';
import { quadratic } from './minimize.js';
import { seededUniform } from './random.js';

test('every search that is exported is in the list that the contract is checked for', () => {
  for (const name of Object.keys(exported)) {
    expect(everySearch, `test/every-search.ts has no ${name}: add it there`).toHaveProperty(name);
  }
  expect(Object.keys(everySearch).sort()).toEqual(Object.keys(exported).sort());
});

const deepFreeze = <Value>(value: Value): Value => {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
};

describe.each(Object.entries(everySearch))('%s', (name, make) => {
  test('has its own name', () => {
    expect(make().name).toBe(name);
  });

  test('has states of plain data, which it leaves as they are and can continue from', () => {
    const search = make();
    let state = deepFreeze(search.initialize(quadratic.space));
    expect(search.best(state)).toBeUndefined();
    const losses: number[] = [];
    for (let trial = 0; trial < 30; trial += 1) {
      const restored = JSON.parse(JSON.stringify(state));
      expect(restored).toEqual(state);
      const asked = deepFreeze(search.ask(state, seededUniform(trial)));
      expect(make().ask(restored, seededUniform(trial))).toEqual(asked);
      expect(asked.id).toBe(trial);
      for (const { name: dimension, low, high } of quadratic.space) {
        expect(asked.point[dimension]).toBeGreaterThanOrEqual(low);
        expect(asked.point[dimension]).toBeLessThanOrEqual(high);
      }
      losses.push(trial === 3 ? Number.POSITIVE_INFINITY : quadratic.loss(asked.point));
      state = deepFreeze(search.tell(asked.state, { id: trial, point: asked.point, loss: losses[trial]! }));
    }
    const best = search.best(state)!;
    expect(best.loss).toBe(losses[best.id]);
    if (name !== 'successiveHalving') expect(best.loss).toBe(Math.min(...losses));
  });

  test('refuses spaces that cannot be searched', () => {
    const initialize =
      (...dimensions: Dimension[]) =>
      () =>
        make().initialize(dimensions);
    expect(initialize()).toThrow(`${name}: space is empty; expected at least one dimension.`);
    const a = { name: 'a', low: 1, high: 2 };
    expect(initialize(a)).not.toThrow();
    expect(initialize(a, { ...a })).toThrow(`${name}: space names a twice; expected each dimension once.`);
    for (const [low, high] of [
      [1, 1],
      [2, 1],
      [Number.NEGATIVE_INFINITY, 1],
      [1, Number.POSITIVE_INFINITY],
      [Number.NaN, 1],
    ] as const) {
      expect(initialize({ name: 'a', low, high })).toThrow(
        `${name}: a is in [${low}, ${high}); expected finite ends with low < high.`,
      );
    }
    expect(initialize({ ...a, scale: 'log' })).not.toThrow();
    expect(initialize({ ...a, low: 0, scale: 'log' })).toThrow(`${name}: a has scale log and low 0;`);
    expect(initialize({ ...a, low: 0, scale: 'linear' })).not.toThrow();
    expect(initialize({ ...a, scale: 'lg' as 'log' })).toThrow(
      `${name}: a has scale lg; expected 'linear' or 'log'.`,
    );
    expect(initialize(a, { ...a, name: 'b', scales: 'log' } as object as Dimension)).toThrow(
      `${name}: space[1]: unknown option 'scales'; did you mean 'scale'?`,
    );
  });

  test('refuses trials that were not asked for, were told before, or have no loss', () => {
    const search = make();
    const { state, point } = search.ask(search.initialize(quadratic.space), seededUniform(5));
    for (const id of [1, -1, 0.5]) {
      expect(() => search.tell(state, { id, point, loss: 0 })).toThrow(
        `${name}: trial.id is ${id}; expected an id that ask returned, below 1.`,
      );
    }
    for (const loss of [Number.NaN, Number.NEGATIVE_INFINITY]) {
      expect(() => search.tell(state, { id: 0, point, loss })).toThrow(
        `${name}: trial.loss is ${loss}; expected a number. Tell Infinity for a run that diverged.`,
      );
    }
    const told = search.tell(state, { id: 0, point, loss: Number.POSITIVE_INFINITY });
    expect(search.best(told)).toEqual({ id: 0, point, loss: Number.MAX_VALUE });
    expect(() => search.tell(told, { id: 0, point, loss: 0 })).toThrow(
      `${name}: trial.id 0 was told before; expected each trial once.`,
    );
  });
});
