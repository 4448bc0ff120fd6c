import { checkNoOptions } from '@metadistill/options';
import { checkHistory } from '../check-history.js';
import { leastSquaresLine } from '../numeric/least-squares-line.js';
import type { Predictor } from '../types.js';

/**
 * The paper's model as its code runs it: a least-squares line through the values themselves.
 *
 * Fits v_z ≈ c₀ + c₁z over z = 0, ..., n − 1 and predicts c₀ + c₁(n − 1 + h): absolute values of the line, so that
 * the first prediction jumps from the last value onto it.
 *
 * @see Gorpinich, Bakhteev, Strijov (2022), section 3, which writes the fit over gradients; its code fits values.
 */
export function linear(...none: []): Predictor {
  checkNoOptions('linear', none);
  return {
    name: 'linear',
    minimumHistory: 2,
    fit(history) {
      checkHistory('linear', history, 2);
      const { slope, intercept } = leastSquaresLine(history);
      const lastPosition = history.length - 1;
      return (stepsAhead) => intercept + slope * (lastPosition + stepsAhead);
    },
  };
}
