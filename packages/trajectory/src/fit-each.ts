import { checkPart } from '@metadistill/options';
import type { Predictor, Vector } from './types.js';

/** One predictor for all metaparameters, or one per metaparameter in their order. */
export type Predictors = Predictor | readonly Predictor[];

const isList = (predictors: Predictors): predictors is readonly Predictor[] => Array.isArray(predictors);

/** @throws TypeError if it is no predictor, or one of the list is none. */
export function checkPredictors(caller: string, predictors: Predictors): void {
  checkPart(caller, 'predictor', predictors, isList(predictors) ? 'predictor[]' : 'predictor');
}

/** What predictors are called together. */
export const nameOf = (predictors: Predictors): string =>
  isList(predictors) ? predictors.map(({ name }) => name).join(' | ') : predictors.name;

/** The fewest values that every fit has enough of. */
export const minimumHistoryOf = (predictors: Predictors): number =>
  Math.max(...(isList(predictors) ? predictors : [predictors]).map(({ minimumHistory }) => minimumHistory));

/**
 * Fits a predictor to each metaparameter of a history.
 *
 * A history that is asked about again, iteration after iteration, is fitted once: the fit is kept as long as the
 * history itself lives, and made anew if a restored run brings another copy.
 *
 * @throws RangeError on use, if there is not one predictor per metaparameter.
 */
export function fitEach(
  caller: string,
  predictors: Predictors,
): (history: readonly Vector[]) => (stepsAhead: number) => Vector {
  const fits = new WeakMap<readonly Vector[], readonly ((stepsAhead: number) => number)[]>();
  return (history) => {
    const known = fits.get(history);
    const fitted = known ?? fitColumns(caller, predictors, history);
    if (known === undefined) fits.set(history, fitted);
    return (stepsAhead) => fitted.map((predict) => predict(stepsAhead));
  };
}

function fitColumns(caller: string, predictors: Predictors, history: readonly Vector[]) {
  const columns = (history[0] ?? []).map((_, j) => history.map((vector) => vector[j] as number));
  if (isList(predictors) && predictors.length !== columns.length) {
    throw new RangeError(
      `${caller}: there are ${predictors.length} predictors; expected ${columns.length}, one per metaparameter, or one for all.`,
    );
  }
  return columns.map((values, j) =>
    (isList(predictors) ? (predictors[j] as Predictor) : predictors).fit(values),
  );
}
