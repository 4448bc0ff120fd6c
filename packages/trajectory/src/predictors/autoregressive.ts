import { checkNoOptions } from '@metadistill/options';
import { checkHistory } from '../check-history.js';
import { geometricSum } from '../numeric/geometric-sum.js';
import type { Predictor } from '../types.js';

/**
 * AR(1) on differences: the last step continues, and fades as steps of the history did.
 *
 * With d_t = v_t − v_{t−1} and φ the least-squares slope of d_{t+1} on d_t through the origin, cut to [−1, 1], the
 * steps to come are φ^h d_{n−1}, so that v_{n−1+h} is v_{n−1} + (φ + φ² + ... + φ^h) d_{n−1}. A straight trajectory
 * has φ = 1 and continues straight; one that wavers comes to rest.
 *
 * In blocks of 10, 100, 500 and 1,000 iterations, every other one predicted and projected, the paper's synthetic
 * problem ends at 0.772, 0.774, 0.761 and 0.766 over 100 starts (standard errors to 0.004), and in logits of the bounds
 * (`inSpace`) at 0.772, 0.771, 0.773 and 0.769. `linear` ends at 0.771, 0.754, 0.734 and 0.719, and holding the last
 * value at 0.766 to 0.769: `reproduce study trajectories`.
 *
 * @see Box, Jenkins (1970), Time series analysis: ARIMA(1, 1, 0).
 */
export function autoregressive(...none: []): Predictor {
  checkNoOptions('autoregressive', none);
  return {
    name: 'autoregressive',
    minimumHistory: 3,
    fit(history) {
      checkHistory('autoregressive', history, 3);
      const differences = history.slice(1).map((value, i) => value - (history[i] as number));
      const persistence = persistenceOf(differences);
      const last = history.at(-1) as number;
      const lastDifference = differences.at(-1) as number;
      return (stepsAhead) => last + lastDifference * geometricSum(persistence, stepsAhead);
    },
  };
}

/** φ; 0 if nothing moves. */
function persistenceOf(differences: readonly number[]): number {
  let product = 0;
  let squares = 0;
  for (let i = 1; i < differences.length; i += 1) {
    const before = differences[i - 1] as number;
    product += before * (differences[i] as number);
    squares += before ** 2;
  }
  return squares > 0 ? Math.min(1, Math.max(-1, product / squares)) : 0;
}
