import { checkHistory } from './check-history.js';
import type { Predictor } from './types.js';

/** φ is cut to this: at 1 the differences would never come back to their mean. */
const LARGEST_PERSISTENCE = 0.999;

/**
 * AR(1) on differences: momentum that fades into the mean drift.
 *
 * With d_t = v_t − v_{t−1}, μ their mean and φ the least-squares slope of d_{t+1} − μ on d_t − μ, the differences to
 * come are μ + φ^h (d_{n−1} − μ), so that v_{n−1+h} is v_{n−1} + hμ + (d_{n−1} − μ) φ(1 − φ^h)/(1 − φ).
 *
 * @see Box, Jenkins (1970), Time series analysis: ARIMA(1, 1, 0) with drift.
 */
export const autoregressive = (): Predictor => ({
  name: 'autoregressive',
  minimumHistory: 3,
  fit(history) {
    checkHistory('autoregressive', history, 3);
    const differences = history.slice(1).map((value, i) => value - (history[i] as number));
    const { drift, persistence } = fitDifferences(differences);
    const last = history.at(-1) as number;
    const surplus = (differences.at(-1) as number) - drift;
    return (stepsAhead) =>
      last +
      drift * stepsAhead +
      (surplus * persistence * (1 - persistence ** stepsAhead)) / (1 - persistence);
  },
});

function fitDifferences(differences: readonly number[]): { drift: number; persistence: number } {
  const drift = differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
  let covariance = 0;
  let variance = 0;
  for (let i = 1; i < differences.length; i += 1) {
    const before = (differences[i - 1] as number) - drift;
    covariance += before * ((differences[i] as number) - drift);
    variance += before ** 2;
  }
  const slope = variance > 0 ? covariance / variance : 0;
  return { drift, persistence: Math.min(LARGEST_PERSISTENCE, Math.max(-LARGEST_PERSISTENCE, slope)) };
}
