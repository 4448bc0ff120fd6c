import fc from 'fast-check';
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
      `${name}: a has scale 'lg'; expected 'linear' or 'log'.`,
    );
    for (const [dimension, message] of [
      [{ ...a, low: '1' }, "space[1].low is '1'; expected a number."],
      [{ ...a, high: null }, 'space[1].high is null; expected a number.'],
      [{ ...a, name: '' }, "space[1].name is ''; expected the name of a metaparameter."],
      [null, 'space[1] is null; expected an object such as { name, low, high }.'],
    ] as const) {
      expect(initialize({ ...a, name: 'b' }, dimension as Dimension)).toThrow(`${name}: ${message}`);
    }
    expect(() => make().initialize({ ...a } as object as Dimension[])).toThrow(
      `${name}: space is { name, low, high }; expected an array of dimensions.`,
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
    for (const loss of [null, undefined, false, true, '1', [], {}, Promise.resolve(1), 1n]) {
      expect(() => search.tell(state, { id: 0, point, loss: loss as number })).toThrow(TypeError);
    }
    expect(() => search.tell(state, { id: 0, point, loss: JSON.parse('null') })).toThrow(
      `${name}: trial.loss is null; expected a number. Tell Infinity for a run that diverged, and Number.MAX_VALUE through JSON`,
    );
    expect(() => search.tell(state, null as never)).toThrow(`${name}: trial is null; expected an object`);
    const told = search.tell(state, { id: 0, point, loss: Number.POSITIVE_INFINITY });
    expect(search.best(told)).toEqual({ id: 0, point, loss: Number.MAX_VALUE });
    expect(() => search.tell(told, { id: 0, point, loss: 0 })).toThrow(
      `${name}: trial.id 0 was told before; expected each trial once.`,
    );
  });

  test('refuses points that are not complete and inside the space', () => {
    const search = make();
    const { state, point } = search.ask(search.initialize(quadratic.space), seededUniform(5));
    const { temperature, ...without } = point;
    for (const [bad, message] of [
      [without, 'trial.point.temperature is undefined; expected a number in [0.1, 10].'],
      [{ ...point, temperature: -1 }, 'trial.point.temperature is -1; expected a number in [0.1, 10].'],
      [{ ...point, temperature: Number.NaN }, 'trial.point.temperature is NaN;'],
      [{ ...point, temperature: null }, 'trial.point.temperature is null;'],
      [{ ...point, temperature: `${temperature}` }, "trial.point.temperature is '"],
      [{ ...point, distillationFraction: 1.01 }, 'trial.point.distillationFraction is 1.01;'],
      [{ ...point, temprature: 1 }, "trial.point: unknown option 'temprature'; did you mean 'temperature'?"],
      [Object.create(point), 'trial.point is an object with a prototype of its own;'],
      [undefined, 'trial.point is undefined; expected an object such as { distillationFraction'],
    ] as const) {
      expect(() => search.tell(state, { id: 0, point: bad as never, loss: 0 })).toThrow(
        `${name}: ${message}`,
      );
    }
  });

  test('keeps a copy of the point that it is told', () => {
    const search = make();
    const { state, point } = search.ask(search.initialize(quadratic.space), seededUniform(5));
    const mine = { ...point };
    const told = search.tell(state, { id: 0, point: mine, loss: 1 });
    mine.temperature = -1;
    expect(search.best(told)?.point).toEqual(point);
  });

  test('refuses a source of random numbers that draws something else, and never waits for it', () => {
    const search = make();
    let state = search.initialize(quadratic.space);
    for (let id = 0; id < 8; id += 1) {
      const asked = search.ask(state, seededUniform(id));
      state = search.tell(asked.state, { id, point: asked.point, loss: id });
    }
    if (name === 'grid') return;
    for (const draw of [Number.NaN, 1, -0.1, '0.5', undefined, Promise.resolve(0.5)]) {
      expect(() => search.ask(state, () => draw as number)).toThrow(`${name}: uniform() is`);
    }
    expect(() => search.ask(state, undefined as never)).toThrow(`${name}: uniform is undefined;`);
  });

  test('refuses dimensions of impossible width, and asks inside of every one that it takes', () => {
    const end = fc.oneof(
      fc.double(),
      fc.double({ min: -10, max: 10 }),
      fc.constantFrom(0, 1, 1 + 2 ** -52, 5e-324),
    );
    const dimension = fc.record({
      name: fc.constantFrom('a', 'b', '__proto__', 'constructor'),
      low: end,
      high: end,
      scale: fc.constantFrom('linear' as const, 'log' as const),
    });
    const spaces = fc.uniqueArray(dimension, { minLength: 1, maxLength: 3, selector: (each) => each.name });
    fc.assert(
      fc.property(spaces, fc.integer(), (space, seed) => {
        const search = make();
        const uniform = seededUniform(seed);
        let state: unknown;
        try {
          state = search.initialize(space);
        } catch (error) {
          expect((error as Error).message).toMatch(/expected (finite ends|low above 0|ends within)/);
          return;
        }
        for (let id = 0; id < 12; id += 1) {
          const asked = search.ask(JSON.parse(JSON.stringify(state)), uniform);
          for (const { name: each, low, high } of space) {
            expect(asked.point[each]).toBeGreaterThanOrEqual(low);
            expect(asked.point[each]).toBeLessThanOrEqual(high);
          }
          const point = JSON.parse(JSON.stringify(asked.point));
          state = search.tell(asked.state, { id, point, loss: id % 3 });
        }
      }),
    );
  });
});
