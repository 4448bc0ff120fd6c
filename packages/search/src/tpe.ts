import { checkNumber, checkOptions } from '@metadistill/options';
import { logDensity, parzenEstimator, sampleParzen } from './parzen-estimator.js';
import { checkedUniform, checkSpace, drawPoint, fromInner, innerRange, toInner } from './space.js';
import { bestTrial, type TrialsState, tellTrial } from './trials.js';
import type { Dimension, Search, Trial } from './types.js';

export interface TpeOptions {
  /** Trials drawn at random first; by default 20, as in hyperopt. With fewer trials in all, this is random search. */
  readonly startupTrials?: number;
  /**
   * The share of the trials that counts as good, in (0, 1); by default 0.15, as in the paper. hyperopt takes a
   * quarter of the square root of their number instead: 2 of 50, which found worse points on every test function.
   */
  readonly gamma?: number;
  /** Candidates drawn from the good ones' density per dimension; by default 24, as in hyperopt. */
  readonly candidates?: number;
}

/** No more trials than these count as good, as in hyperopt. */
const MOST_GOOD = 25;

/** More than any density has use for: each of them is drawn and scored at every ask. */
const MOST_CANDIDATES = 100_000;

/**
 * The tree-structured Parzen estimator.
 *
 * Splits the trials told so far into the best ⌈γn⌉ (at most 25) and the rest, estimates a density of each per
 * dimension on its scale, draws candidates from the good one and asks for the candidate for which good/rest is largest.
 * Trials that were asked for and not yet told are left out, so that several workers may ask at a time.
 *
 * @throws RangeError if an option is out of range; TypeError for an unknown one.
 * @see Bergstra, Bardenet, Bengio, Kégl (2011), Algorithms for hyper-parameter optimization, section 4.
 */
export function tpe(options: TpeOptions = {}): Search<TrialsState> {
  checkOptions('tpe', options, { startupTrials: true, gamma: true, candidates: true });
  const { startupTrials = 20, gamma = 0.15, candidates = 24 } = options;
  checkNumber('tpe', 'startupTrials', startupTrials, { least: 1, whole: true });
  checkNumber('tpe', 'candidates', candidates, { least: 1, most: MOST_CANDIDATES, whole: true });
  checkNumber(
    'tpe',
    'gamma',
    gamma,
    { above: 0, below: 1 },
    'It is the share of trials that counts as good.',
  );
  return {
    name: 'tpe',
    initialize(space) {
      checkSpace('tpe', space);
      return { space, asked: 0, trials: [] };
    },
    ask(state, given) {
      const uniform = checkedUniform('tpe', given);
      const next = { id: state.asked, state: { ...state, asked: state.asked + 1 } };
      if (state.trials.length < startupTrials) return { ...next, point: drawPoint(state.space, uniform) };
      const { good, rest } = split(state.trials, gamma);
      const point = Object.fromEntries(
        state.space.map((dimension) => [
          dimension.name,
          mostPromising(dimension, good, rest, candidates, uniform),
        ]),
      );
      return { ...next, point };
    },
    tell: (state, trial) => tellTrial('tpe', state, trial),
    best: bestTrial,
  };
}

/** Both parts in the order of telling, which is their age. */
function split(trials: readonly Trial[], gamma: number): { good: Trial[]; rest: Trial[] } {
  const count = Math.min(Math.ceil(gamma * trials.length), MOST_GOOD);
  const best = new Set([...trials].sort((a, b) => a.loss - b.loss).slice(0, count));
  return {
    good: trials.filter((trial) => best.has(trial)),
    rest: trials.filter((trial) => !best.has(trial)),
  };
}

function mostPromising(
  dimension: Dimension,
  good: readonly Trial[],
  rest: readonly Trial[],
  candidates: number,
  uniform: () => number,
): number {
  const [low, high] = innerRange(dimension);
  const inner = (trials: readonly Trial[]) =>
    trials.map(({ point }) => toInner(dimension, point[dimension.name] as number));
  const goodDensity = parzenEstimator(inner(good), low, high);
  const restDensity = parzenEstimator(inner(rest), low, high);
  const drawn = Array.from({ length: candidates }, () => sampleParzen(goodDensity, uniform));
  const scores = drawn.map((value) => logDensity(goodDensity, value) - logDensity(restDensity, value));
  const best = scores.reduce((leader, score, i) => (score > (scores[leader] as number) ? i : leader), 0);
  return fromInner(dimension, drawn[best] as number);
}
