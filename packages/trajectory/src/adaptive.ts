import { type Bounds, checkBounds, projectOntoBox } from './bounds.js';
import { checkCount } from './check-count.js';
import { fitEach, minimumHistoryOf, nameOf, type Predictors } from './fit-each.js';
import type { Controller, Vector } from './types.js';

export interface AdaptiveOptions {
  readonly predictor: Predictors;
  /**
   * Iterations of a gradient block, more than the predictor needs to fit; by default 3, or one
   * more than that.
   */
  readonly gradientIterations?: number;
  /** The longest prediction, in iterations; by default 64. */
  readonly longestPrediction?: number;
  /** The mean cost of an iteration that must not be exceeded, in plain steps, above 1: 1.5, say. */
  readonly budget: number;
  /** The cost of an iteration with a hypergradient, in plain steps; by default 8/3, the exact shared step. */
  readonly gradientCost?: number;
  /** Predictions are projected onto this box. */
  readonly bounds?: Bounds;
}

/** Plain data: where the current block is, what the last gradient block went through, and what was spent. */
export interface AdaptiveState {
  readonly phase: 'gradient' | 'predict';
  /** Iterations of the phase so far. */
  readonly done: number;
  /** Iterations that the next prediction lasts, where the budget allows it to end then. */
  readonly horizon: number;
  /** Plain steps saved for gradients: every iteration earns budget − 1, a gradient costs gradientCost − 1. */
  readonly credit: number;
  readonly history: readonly Vector[];
  /** The change an iteration that the prediction made last, against which new gradients are compared. */
  readonly predictedChange: Vector | undefined;
}

/** Below this surprise a prediction is made longer, above `DISTRUST` shorter. */
const TRUST = 0.35;
const DISTRUST = 0.7;

/**
 * Predicts for as long as predictions prove right, within a budget.
 *
 * A block of gradients is followed by a prediction of `horizon` iterations. The next block then shows how surprising it
 * was: the distance between the metaparameters' mean change by gradients and their change as predicted, over the sum of
 * both lengths, 0 to 1 for each metaparameter, averaged. A small surprise doubles the horizon, a large one halves it.
 * A metaparameter whose last value the model fails to predict from the block before it is held. A gradient block starts only
 * when earlier iterations have saved up for it, so that the mean cost never exceeds the budget by more than one block.
 *
 * @throws RangeError where a count is not an integer of at least 1 or too small for the predictor, or the budget not
 * above 1.
 */
export function adaptive(options: AdaptiveOptions): Controller<AdaptiveState> {
  const {
    predictor,
    gradientIterations = Math.max(3, minimumHistoryOf(predictor) + 1),
    longestPrediction = 64,
    budget,
    gradientCost = 8 / 3,
    bounds,
  } = options;
  checkCount('adaptive', 'gradientIterations', gradientIterations, minimumHistoryOf(predictor) + 1);
  checkCount('adaptive', 'longestPrediction', longestPrediction, 1);
  if (!(budget > 1 && gradientCost > 1)) {
    throw new RangeError(
      `adaptive: budget is ${budget} and gradientCost ${gradientCost}; expected both above 1, the cost of a plain step.`,
    );
  }
  if (bounds !== undefined) checkBounds('adaptive', bounds);
  const fit = fitEach(predictor);
  // How long a block of gradients takes to be saved for.
  const breakEven = Math.ceil((gradientIterations * (gradientCost - budget)) / (budget - 1));

  return {
    name: `adaptive(${nameOf(predictor)}, budget=${budget})`,
    initialize: () => ({
      phase: 'gradient',
      done: 0,
      horizon: Math.min(longestPrediction, Math.max(1, breakEven)),
      credit: 0,
      history: [],
      predictedChange: undefined,
    }),
    decide(state) {
      if (state.phase === 'gradient') return { action: 'gradient' };
      const { history } = state;
      if (history.length < gradientIterations) return { action: 'hold' };
      // Where the budget asks for a longer wait than the horizon, the last prediction is held.
      const predicted = trusted(history, fit(history)(Math.min(state.done + 1, state.horizon)), fit);
      return {
        action: 'predict',
        metaparameters: bounds === undefined ? predicted : projectOntoBox(predicted, bounds),
      };
    },
    observe(state, _, action, metaparameters) {
      const credit = state.credit + budget - 1 - (action === 'gradient' ? gradientCost - 1 : 0);
      const done = state.done + 1;
      if (state.phase === 'predict') {
        const ends = done >= state.horizon && credit >= 0;
        return ends
          ? {
              ...state,
              credit,
              phase: 'gradient',
              done: 0,
              history: [],
              predictedChange: changeOf(state, fit),
            }
          : { ...state, credit, done };
      }
      const history = [...state.history, metaparameters];
      if (done < gradientIterations) return { ...state, credit, done, history };
      const horizon = nextHorizon(state, history, longestPrediction);
      return { ...state, credit, phase: 'predict', done: 0, history, horizon };
    },
  };
}

type Fit = ReturnType<typeof fitEach>;

function nextHorizon(state: AdaptiveState, history: readonly Vector[], longest: number): number {
  if (state.predictedChange === undefined) return state.horizon;
  const surprise = surpriseOf(meanChange(history), state.predictedChange);
  if (surprise < TRUST) return Math.min(longest, state.horizon * 2);
  return surprise > DISTRUST ? Math.max(1, Math.floor(state.horizon / 2)) : state.horizon;
}

/** Mean over metaparameters of |a − b|/(|a| + |b|): 0 where they agree, 1 where they point apart. */
function surpriseOf(actual: Vector, predicted: Vector): number {
  const each = actual.map((change, j) => {
    const other = predicted[j] as number;
    const size = Math.abs(change) + Math.abs(other);
    return size > 0 ? Math.abs(change - other) / size : 0;
  });
  return each.reduce((sum, value) => sum + value, 0) / each.length;
}

function meanChange(history: readonly Vector[]): Vector {
  const [first, last] = [history[0] as Vector, history.at(-1) as Vector];
  return last.map((value, j) => (value - (first[j] as number)) / (history.length - 1));
}

function changeOf({ history, horizon }: AdaptiveState, fit: Fit): Vector | undefined {
  if (history.length === 0) return undefined;
  const predict = fit(history);
  const before = predict(horizon);
  return predict(horizon + 1).map((value, j) => value - (before[j] as number));
}

/**
 * Predictions of those metaparameters whose last value the model would have predicted from the values before it better
 * than holding does; the others stay where the block left them.
 */
function trusted(history: readonly Vector[], predicted: Vector, fit: Fit): Vector {
  const [before, last] = [history.at(-2) as Vector, history.at(-1) as Vector];
  const backtest = fit(history.slice(0, -1))(1);
  return predicted.map((value, j) => {
    const held = last[j] as number;
    const error = Math.abs((backtest[j] as number) - held);
    return error < Math.abs((before[j] as number) - held) ? value : held;
  });
}
