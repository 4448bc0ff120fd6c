import { checkOptions } from '@metadistill/options';
import { PolynomialRegression } from 'ml-regression-polynomial';
import { checkCount } from '../check-count.js';
import { checkHistory } from '../check-history.js';
import type { Predictor } from '../types.js';

export interface PolynomialOptions {
  /** At least 1. */
  readonly degree: number;
}

/**
 * The least-squares polynomial of a degree through the values, as `linear` is for degree 1.
 *
 * Positions are scaled to [−1, 1] over the history, which keeps the powers of long histories apart. Leaves the data
 * quickly beyond their end: degrees above 2 are for smoothing, not for long predictions.
 *
 * @throws RangeError if the degree is not an integer of at least 1; TypeError for an unknown option.
 * @see Draper, Smith (1998), Applied regression analysis, chapter 22.
 */
export function polynomial(options: PolynomialOptions): Predictor {
  checkOptions('polynomial', options, { degree: true });
  const { degree } = options;
  checkCount('polynomial', 'degree', degree, 1);
  return {
    name: `polynomial(degree=${degree})`,
    minimumHistory: degree + 1,
    fit(history) {
      checkHistory('polynomial', history, degree + 1);
      const lastPosition = history.length - 1;
      const scaled = (position: number) => (2 * position) / lastPosition - 1;
      const regression = new PolynomialRegression(
        history.map((_, position) => scaled(position)),
        [...history],
        degree,
      );
      return (stepsAhead) => regression.predict(scaled(lastPosition + stepsAhead));
    },
  };
}
