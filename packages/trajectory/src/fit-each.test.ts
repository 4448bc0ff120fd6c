import { expect, test } from 'vitest';
import { fitEach, minimumHistoryOf, nameOf } from './fit-each.js';
import { autoregressive } from './predictors/autoregressive.js';
import { constant } from './predictors/constant.js';
import { linear } from './predictors/linear.js';
import type { Predictor } from './types.js';

const history = [
  [1, 10],
  [2, 30],
];

test('one predictor serves all metaparameters, a list has one for each', () => {
  expect(fitEach('alternate', linear())(history)(1)).toEqual([3, 50]);
  expect(fitEach('alternate', [constant(), linear()])(history)(2)).toEqual([2, 70]);
  expect(fitEach('alternate', constant())([])(1)).toEqual([]);
});

test('a list is named by its members and needs as much history as the most demanding one', () => {
  expect(nameOf([constant(), linear()])).toBe('constant | linear');
  expect(minimumHistoryOf([constant(), autoregressive(), linear()])).toBe(3);
});

test('refuses a list that has other than one predictor a metaparameter', () => {
  expect(() => fitEach('alternate', [linear()])(history)).toThrow(
    'alternate: there are 1 predictors; expected 2',
  );
});

test('the same history is fitted once, however often it is asked about, and a copy anew', () => {
  let fits = 0;
  const counting: Predictor = {
    ...constant(),
    fit(values) {
      fits += 1;
      return constant().fit(values);
    },
  };
  const fit = fitEach('alternate', counting);
  for (const stepsAhead of [1, 2, 3]) fit(history)(stepsAhead);
  expect(fits).toBe(2);
  fit([...history])(1);
  expect(fits).toBe(4);
});
