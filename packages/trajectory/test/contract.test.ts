import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as exported from '../src/index.js';
import type { Vector } from '../src/types.js';
import { everyController, everyPredictor } from './every-part.js';

/** What a room's files are called as functions: `theil-sen.ts` is `theilSen`. */
const partsOf = (room: string) =>
  readdirSync(new URL(`../src/${room}`, import.meta.url))
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => file.replace('.ts', '').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()));

test.each([
  ['predictors', everyPredictor],
  ['controllers', everyController],
])('every file of %s is exported and in the list that the contract is checked for', (room, list) => {
  for (const name of partsOf(room)) {
    expect(exported, `src/index.ts has no ${name}: export it there`).toHaveProperty(name);
    expect(list, `test/every-part.ts has no ${name}: add it there`).toHaveProperty(name);
  }
  expect(Object.keys(list).sort()).toEqual(partsOf(room).sort());
});

const history = Object.freeze([0.3, 0.35, 0.33, 0.42, 0.5, 0.47, 0.61, 0.6]);
const ahead = [1, 2, 5, 50];

describe.each(Object.entries(everyPredictor))('%s', (name, make) => {
  const predictor = make();
  const predict = (values: readonly number[]) => ahead.map(predictor.fit(values));

  test('has its own name and says how many values it needs', () => {
    expect(predictor.name).toMatch(new RegExp(`^${name}(\\(|$)`));
    const shortest = history.slice(0, predictor.minimumHistory);
    expect(predict(shortest).every(Number.isFinite)).toBe(true);
    expect(() => predict(shortest.slice(1))).toThrow(
      `${name}: history has ${shortest.length - 1} values; expected at least ${shortest.length}. Observe more`,
    );
  });

  test('depends on the history alone', () => {
    expect(predict(history)).toEqual(predict([...history]));
    expect(predict(history)).toEqual(make().fit(history) && ahead.map(make().fit(history)));
  });

  test('moves and stretches with its history, and leaves a constant one alone', () => {
    const moved = predict(history.map((value) => -2 * value + 7));
    predict(history).forEach((value, i) => {
      // Sums of eight numbers near 1, carried 50 steps on.
      expect(moved[i]).toBeCloseTo(-2 * value + 7, 9);
    });
    for (const value of predict(Array(9).fill(0.7))) expect(value).toBeCloseTo(0.7, 9);
  });

  test('refuses values that are not finite', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => predict([...history, bad])).toThrow(
        `${name}: history[8] is ${bad}; expected finite numbers. Did a gradient step diverge?`,
      );
    }
  });
});

const deepFreeze = <Value>(value: Value): Value => {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
};

describe.each(Object.entries(everyController))('%s', (name, make) => {
  test('has its own name', () => {
    expect(make().name).toMatch(new RegExp(`^${name}(\\(|$)`));
  });

  test('has states of plain data, which it leaves as they are and can continue from', () => {
    const controller = make();
    expect(controller.initialize()).toEqual(controller.initialize());
    let state = deepFreeze(controller.initialize());
    let current: Vector = [0.5, 2];
    for (let iteration = 0; iteration < 60; iteration += 1) {
      const restored = JSON.parse(JSON.stringify(state));
      expect(restored).toEqual(state);
      const decision = controller.decide(state, iteration);
      expect(make().decide(restored, iteration)).toEqual(decision);
      if (decision.action === 'gradient') {
        current = [current[0]! + 0.01 * Math.sin(iteration), current[1]! + 0.1 * Math.cos(iteration)];
      }
      if (decision.action === 'predict') current = decision.metaparameters;
      expect(current).toHaveLength(2);
      expect(current.every(Number.isFinite)).toBe(true);
      const next = controller.observe(state, iteration, decision.action, deepFreeze(current));
      expect(make().observe(restored, iteration, decision.action, current)).toEqual(next);
      state = deepFreeze(next);
    }
  });
});
