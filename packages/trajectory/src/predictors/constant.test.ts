import { expect, test } from 'vitest';
import { constant } from './constant.js';

test('predicts the last value at every horizon', () => {
  const predict = constant().fit([3, 1, 2]);
  expect([1, 10, 1000].map(predict)).toEqual([2, 2, 2]);
});

test('refuses an empty history and one with a hole in it', () => {
  expect(() => constant().fit([])).toThrow('constant: history has 0 values; expected at least 1');
  expect(() => constant().fit([1, Number.NaN])).toThrow('constant: history[1] is NaN');
});
