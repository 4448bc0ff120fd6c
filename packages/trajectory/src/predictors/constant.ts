import { checkNoOptions } from '@metadistill/options';
import { checkHistory } from '../check-history.js';
import type { Predictor } from '../types.js';

/** Predicts the last value, whatever the horizon: the baseline that a model must beat. */
export function constant(...none: []): Predictor {
  checkNoOptions('constant', none);
  return {
    name: 'constant',
    minimumHistory: 1,
    fit(history) {
      checkHistory('constant', history, 1);
      const last = history.at(-1) as number;
      return () => last;
    },
  };
}
