import type { Predictor } from '../types.js';

/** An increasing map from where a metaparameter lives to the whole line, and back. */
export interface PredictionSpace {
  readonly name: string;
  toLine(value: number): number;
  fromLine(coordinate: number): number;
}

/**
 * The logarithm, for what is above 0: predictions are positive.
 *
 * @param smallest values below it count as it; by default 1e-6.
 */
export const logSpace = (smallest = 1e-6): PredictionSpace => ({
  name: 'log',
  toLine: (value) => Math.log(Math.max(value, smallest)),
  fromLine: (coordinate) => Math.exp(coordinate),
});

/**
 * The logit of the place in (low, high): predictions stay inside.
 *
 * @param margin values nearer to an end than this share of the interval count as that near; by default 1e-6.
 * @throws RangeError where low >= high.
 */
export function logitSpace(low: number, high: number, margin = 1e-6): PredictionSpace {
  if (!(low < high && Number.isFinite(high - low))) {
    throw new RangeError(
      `logitSpace: the interval is [${low}, ${high}]; expected finite ends with low < high.`,
    );
  }
  return {
    name: `logit(${low}, ${high})`,
    toLine(value) {
      const share = Math.min(1 - margin, Math.max(margin, (value - low) / (high - low)));
      return Math.log(share / (1 - share));
    },
    fromLine: (coordinate) => low + (high - low) / (1 + Math.exp(-coordinate)),
  };
}

/** A predictor that fits and predicts in an unconstrained coordinate: `inSpace(linear(), logSpace())`. */
export const inSpace = (predictor: Predictor, space: PredictionSpace): Predictor => ({
  name: `${predictor.name} in ${space.name}`,
  minimumHistory: predictor.minimumHistory,
  fit(history) {
    const predict = predictor.fit(history.map(space.toLine));
    return (stepsAhead) => space.fromLine(predict(stepsAhead));
  },
});
