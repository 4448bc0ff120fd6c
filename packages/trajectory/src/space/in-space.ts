import { checkOptions, checkPart, describeValue } from '@metadistill/options';
import type { Predictor } from '../types.js';

/** An increasing map from where a metaparameter lives to the whole line, and back. */
export interface PredictionSpace {
  readonly name: string;
  toLine(value: number): number;
  fromLine(coordinate: number): number;
}

export interface LogSpaceOptions {
  /** Above 0; values below it count as it. By default 1e-6. */
  readonly smallest?: number;
}

/**
 * The logarithm, for what is above 0: predictions are positive.
 *
 * @throws RangeError if `smallest` is not a finite number above 0; TypeError for an unknown option.
 */
export function logSpace(options: LogSpaceOptions = {}): PredictionSpace {
  checkOptions('logSpace', options, { smallest: true });
  const { smallest = 1e-6 } = options;
  if (!(smallest > 0 && Number.isFinite(smallest))) {
    throw new RangeError(
      `logSpace: smallest is ${describeValue(smallest)}; expected a finite number above 0.`,
    );
  }
  return {
    name: 'log',
    toLine: (value) => Math.log(Math.max(value, smallest)),
    fromLine: (coordinate) => Math.exp(coordinate),
  };
}

export interface LogitSpaceOptions {
  /** The interval that predictions stay in. */
  readonly bounds: readonly [low: number, high: number];
  /** Values nearer to an end than this share of the interval count as that near; in (0, 0.5), by default 1e-6. */
  readonly margin?: number;
}

/**
 * The logit of the place in [low, high]: predictions stay inside.
 *
 * @throws RangeError if the interval is empty or the margin out of range; TypeError for an unknown option.
 */
export function logitSpace(options: LogitSpaceOptions): PredictionSpace {
  checkOptions('logitSpace', options, { bounds: 'numbers', margin: true });
  const { bounds, margin = 1e-6 } = options;
  const [low, high] = bounds;
  if (!(low < high && Number.isFinite(low) && Number.isFinite(high) && Number.isFinite(high - low))) {
    throw new RangeError(`logitSpace: bounds is [${low}, ${high}]; expected finite ends with low < high.`);
  }
  if (typeof margin !== 'number' || !(margin > 0 && margin < 0.5)) {
    throw new RangeError(
      `logitSpace: margin is ${describeValue(margin)}; expected a share of the interval, in (0, 0.5).`,
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

/**
 * A predictor that fits and predicts in an unconstrained coordinate, so that predictions stay where the metaparameter lives.
 *
 *     inSpace(autoregressive(), logitSpace({ bounds: [0, 1] }))
 *
 * These are the coordinates that `metaparameterSpace` of `@metadistill/hypergrad` has for gradients (`log`, `sigmoid`).
 * `bounds` of a controller are the other way: predict raw, then take the nearest point of the box.
 */
export function inSpace(predictor: Predictor, space: PredictionSpace): Predictor {
  checkPart('inSpace', 'predictor', predictor, 'predictor');
  checkPart('inSpace', 'space', space, 'predictionSpace');
  return {
    name: `${predictor.name} in ${space.name}`,
    minimumHistory: predictor.minimumHistory,
    fit(history) {
      const predict = predictor.fit(history.map(space.toLine));
      return (stepsAhead) => space.fromLine(predict(stepsAhead));
    },
  };
}
