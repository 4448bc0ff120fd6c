import type { Predictor, Vector } from './types.js';

/**
 * Fits one predictor to each metaparameter of a history.
 *
 * A history that is asked about again, iteration after iteration, is fitted once: the fit is kept as long as the
 * history itself lives, and made anew where a restored run brings another copy.
 */
export function fitEach(
  predictor: Predictor,
): (history: readonly Vector[]) => (stepsAhead: number) => Vector {
  const fits = new WeakMap<readonly Vector[], readonly ((stepsAhead: number) => number)[]>();
  return (history) => {
    const known = fits.get(history);
    const fitted = known ?? columns(history).map((values) => predictor.fit(values));
    if (known === undefined) fits.set(history, fitted);
    return (stepsAhead) => fitted.map((predict) => predict(stepsAhead));
  };
}

const columns = (history: readonly Vector[]): number[][] =>
  (history[0] ?? []).map((_, j) => history.map((vector) => vector[j] as number));
