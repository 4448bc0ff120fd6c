import { checkOptions, describeValue } from '@metadistill/options';
import { checkCount } from '../check-count.js';
import { checkPredictors, fitEach, minimumHistoryOf, nameOf, type Predictors } from '../fit-each.js';
import { type Bounds, checkBounds, projectOntoBox } from '../space/bounds.js';
import type { Controller, Vector } from '../types.js';

export interface AlternateOptions {
  /** e₁, the iterations of a block of gradients, at least 1. */
  readonly gradientIterations: number;
  /** p, at least 1: one block of e₁ iterations in p computes gradients, the p − 1 after it predict. */
  readonly period?: number;
  /** e₂, the iterations predicted after each block of gradients, in place of a period; at least 1. */
  readonly predictedIterations?: number;
  /** For all metaparameters, or one for each number of the vector, in order. */
  readonly predictor: Predictors;
  /**
   * Predictions are projected onto this box; without it they are used raw, as the paper's code does. See also `inSpace`,
   * whose predictions stay inside by themselves.
   */
  readonly bounds?: Bounds;
  /** Blocks are counted from 0 again after so many iterations: an epoch, in the paper's code for images. */
  readonly restartEvery?: number;
}

/** The metaparameters after each update of the last gradient block, oldest first. */
export interface AlternateState {
  readonly history: readonly Vector[];
}

/**
 * The paper's schedule: of every p blocks of e₁ iterations the first computes hypergradients, the others follow a
 * model of the values that the first went through.
 *
 * The model is fitted to the metaparameters after each update of the gradient block, and steps ahead are counted
 * from that block's end over all blocks that follow it. A gradient block that was cut short, and so has fewer values
 * than the predictor needs, is followed by holding.
 *
 * @throws TypeError if period and predictedIterations are both given or both left out, or an option is unknown; RangeError
 *   if a count is not an integer of at least 1, or an interval of the box is empty.
 * @see Gorpinich, Bakhteev, Strijov (2022), section 3 and its algorithm; its code has e₂ = (p − 1)·e₁.
 */
export function alternate(options: AlternateOptions): Controller<AlternateState> {
  checkOptions('alternate', options, {
    gradientIterations: true,
    period: true,
    predictedIterations: true,
    predictor: true,
    bounds: true,
    restartEvery: true,
  });
  const { gradientIterations, predictor, bounds, restartEvery } = options;
  checkPredictors('alternate', predictor);
  checkCount('alternate', 'gradientIterations', gradientIterations, 1);
  const { cycle, schedule } = cycleOf(options);
  if (restartEvery !== undefined) checkCount('alternate', 'restartEvery', restartEvery, 1);
  if (bounds !== undefined) checkBounds('alternate', bounds);

  const fit = fitEach('alternate', predictor);
  /** Iterations since the last gradient block began. */
  const offsetOf = (iteration: number): number =>
    (restartEvery === undefined ? iteration : iteration % restartEvery) % cycle;

  return {
    name: `alternate(${schedule}, ${nameOf(predictor)}${bounds ? ', projected' : ''})`,
    initialize: () => ({ history: [] }),
    decide({ history }, iteration) {
      const offset = offsetOf(iteration);
      if (offset < gradientIterations) return { action: 'gradient' };
      if (history.length < minimumHistoryOf(predictor)) return { action: 'hold' };
      const predicted = fit(history)(offset - gradientIterations + 1);
      return {
        action: 'predict',
        metaparameters: bounds === undefined ? predicted : projectOntoBox(predicted, bounds),
      };
    },
    observe(state, iteration, action, metaparameters) {
      if (action !== 'gradient') return state;
      return { history: offsetOf(iteration) === 0 ? [metaparameters] : [...state.history, metaparameters] };
    },
  };
}

/** Iterations from one block of gradients to the next, and the schedule's short name. */
function cycleOf({ gradientIterations, period, predictedIterations }: AlternateOptions): {
  readonly cycle: number;
  readonly schedule: string;
} {
  if (period !== undefined && predictedIterations === undefined) {
    checkCount('alternate', 'period', period, 1);
    return { cycle: gradientIterations * period, schedule: `${gradientIterations}x${period}` };
  }
  if (predictedIterations !== undefined && period === undefined) {
    checkCount('alternate', 'predictedIterations', predictedIterations, 1);
    return {
      cycle: gradientIterations + predictedIterations,
      schedule: `${gradientIterations}+${predictedIterations}`,
    };
  }
  throw new TypeError(
    `alternate: period is ${describeValue(period)} and predictedIterations ${describeValue(predictedIterations)}; expected one of the two. ` +
      'Leave the other out.',
  );
}
