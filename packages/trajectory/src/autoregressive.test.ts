import { expect, test } from 'vitest';
import { expectPredictor } from '../test/expect-predictor.js';
import { autoregressive } from './autoregressive.js';

test('continues lines and refuses histories that it cannot fit', () => {
  expectPredictor(autoregressive());
});

test('differences to come follow the recursion d − μ <- φ (d − μ)', () => {
  const history = [0, 1, 1.5, 1.9, 2, 2.2];
  const differences = [1, 0.5, 0.4, 0.1, 0.2];
  const drift = 2.2 / 5;
  const centred = differences.map((difference) => difference - drift);
  const pairs = centred.slice(1).map((value, i) => [centred[i]!, value] as const);
  const persistence =
    pairs.reduce((sum, [before, after]) => sum + before * after, 0) /
    pairs.reduce((sum, [before]) => sum + before ** 2, 0);
  const predict = autoregressive().fit(history);
  let [value, difference] = [2.2, 0.2];
  for (let stepsAhead = 1; stepsAhead <= 10; stepsAhead += 1) {
    difference = drift + persistence * (difference - drift);
    value += difference;
    expect(predict(stepsAhead)).toBeCloseTo(value, 12);
  }
});

test('a trajectory that has just turned goes on the new way before it returns to the mean drift', () => {
  const turning = [0, 1, 2, 3, 4, 5, 4, 3];
  const predict = autoregressive().fit(turning);
  expect(predict(1)).toBeLessThan(3);
  expect(predict(100)).toBeGreaterThan(3);
});
