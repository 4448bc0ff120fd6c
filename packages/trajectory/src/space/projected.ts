import type { Predictor } from '../types.js';
import { checkBounds } from './bounds.js';

/**
 * A predictor whose predictions are moved to the nearest point of [low, high].
 *
 * @throws RangeError where low > high.
 */
export function projected(predictor: Predictor, low: number, high: number): Predictor {
  checkBounds('projected', [[low, high]]);
  return {
    name: `${predictor.name} in [${low}, ${high}]`,
    minimumHistory: predictor.minimumHistory,
    fit(history) {
      const predict = predictor.fit(history);
      return (stepsAhead) => Math.min(high, Math.max(low, predict(stepsAhead)));
    },
  };
}
