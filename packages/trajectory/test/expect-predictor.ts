import { expect } from 'vitest';
import type { Predictor } from '../src/types.js';

/**
 * Checks that a predictor continues a straight line, leaves the history as it was, and refuses bad input.
 *
 * Two predictors do not continue lines, on purpose, and are exempt: `constant`, and `dampedHolt` unless its `damping`
 * is 1. Their own tests say what they predict instead; `contract.test.ts` checks the rest for them too.
 */
export function expectPredictor(predictor: Predictor): void {
  const line = Object.freeze(Array.from({ length: 20 }, (_, z) => 3 - 0.25 * z));
  const predict = predictor.fit(line);
  for (const stepsAhead of [1, 7, 100]) {
    expect(predict(stepsAhead), `${stepsAhead} steps ahead`).toBeCloseTo(3 - 0.25 * (19 + stepsAhead), 6);
  }
  expect(predictor.fit(Array(20).fill(0.5))(10)).toBeCloseTo(0.5, 9);

  const short = line.slice(0, predictor.minimumHistory);
  expect(Number.isFinite(predictor.fit(short)(1))).toBe(true);
  expect(() => predictor.fit(short.slice(1))).toThrow(/^\w+: history has \d+ values; expected at least \d+/);
  expect(() => predictor.fit([...line, Number.NaN])).toThrow('history[20] is NaN; expected finite numbers');
  expect(() => predictor.fit([Number.NaN, ...line])).toThrow('history[0] is NaN; expected finite numbers');
}
