import { expect, test } from 'vitest';
import { expectPredictor } from '../../test/expect-predictor.js';
import { autoregressive } from './autoregressive.js';

test('continues lines and refuses histories that it cannot fit', () => {
  expectPredictor(autoregressive());
});

test('steps to come follow the recursion d <- φ d, φ the least-squares slope through the origin', () => {
  // Steps 1, 0.5, 0.4, 0.1, 0.2.
  const history = [0, 1, 1.5, 1.9, 2, 2.2];
  const persistence = (0.5 + 0.5 * 0.4 + 0.4 * 0.1 + 0.1 * 0.2) / (1 + 0.25 + 0.16 + 0.01);
  const predict = autoregressive().fit(history);
  let [value, step] = [2.2, 0.2];
  for (let stepsAhead = 1; stepsAhead <= 10; stepsAhead += 1) {
    step *= persistence;
    value += step;
    expect(predict(stepsAhead)).toBeCloseTo(value, 12);
  }
});

test('a trajectory that wavers comes to rest, and one that alternates keeps alternating', () => {
  const wavering = autoregressive().fit([0, 1, 0, 1, 2, 1, 2, 3]);
  expect(wavering(1000)).toBeCloseTo(wavering(500), 9);
  const alternating = autoregressive().fit([0, 1, 0, 1, 0]);
  expect([1, 2, 3].map(alternating)).toEqual([1, 0, 1]);
});

test('steps that grow are continued as the last one, not ever larger', () => {
  expect(autoregressive().fit([0, 1, 3, 7])(10)).toBe(47);
});
