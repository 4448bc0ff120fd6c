import { checkNoOptions } from '@metadistill/options';
import { checkHistory } from '../check-history.js';
import { leastSquaresLine } from '../numeric/least-squares-line.js';
import type { Predictor } from '../types.js';

/** The least-squares slope continued from the last value: v_{n−1} + c₁h. No jump onto the line as in `linear`. */
export function anchoredLinear(...none: []): Predictor {
  checkNoOptions('anchoredLinear', none);
  return {
    name: 'anchoredLinear',
    minimumHistory: 2,
    fit(history) {
      checkHistory('anchoredLinear', history, 2);
      const { slope } = leastSquaresLine(history);
      const last = history.at(-1) as number;
      return (stepsAhead) => last + slope * stepsAhead;
    },
  };
}
