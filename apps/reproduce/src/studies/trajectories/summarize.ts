import { bootstrapDifference, type Difference } from '../../report/bootstrap-difference.js';
import { mean, spread as meanAndDeviation } from '../spread.js';
import type { ClosedLoopRecord } from './closed-loop.js';

/** A mean over trainings with their population standard deviation. */
export interface Spread {
  readonly mean: number;
  readonly std: number;
  /** Of the mean. */
  readonly standardError: number;
}

/** What the trainings of a contender come to. */
export interface Summary {
  readonly paperAccuracy: Spread;
  readonly testAccuracy: Spread;
  readonly cost: number;
}

/** Of a contender to the baseline of its cost, on the paper's data set and on others. */
export interface CostDifference extends Difference {
  readonly contender: string;
  readonly baseline: string;
  readonly data: "the paper's data" | 'redrawn data';
}

/** Means over all trainings of a contender. */
export const summarize = (records: readonly ClosedLoopRecord[]): Summary => ({
  paperAccuracy: spread(records.map(({ paperAccuracy }) => paperAccuracy)),
  testAccuracy: spread(records.map(({ testAccuracy }) => testAccuracy)),
  cost: mean(records.map(({ cost }) => cost)),
});

/**
 * The mean difference of test accuracies to those of a baseline from the same starts, with its 95 % interval.
 *
 * Trainings on one data set share its luck: of several data sets each counts as one pair, by its mean.
 */
export function compare(
  records: readonly ClosedLoopRecord[],
  baseline: readonly ClosedLoopRecord[],
): Difference | undefined {
  const differences = records.map((record, i) => ({
    seed: record.seed,
    difference: record.testAccuracy - (baseline[i] as ClosedLoopRecord).testAccuracy,
  }));
  const seeds = [...new Set(records.map(({ seed }) => seed))];
  return bootstrapDifference(
    seeds.length === 1
      ? differences.map(({ difference }) => difference)
      : seeds.map((seed) =>
          mean(differences.filter((each) => each.seed === seed).map(({ difference }) => difference)),
        ),
  );
}

function spread(values: readonly number[]): Spread {
  const { mean: average, std } = meanAndDeviation(values);
  return { mean: average, std, standardError: std / Math.sqrt(values.length) };
}
