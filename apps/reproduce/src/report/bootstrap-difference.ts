import { numpyRandom } from '@metadistill/datasets';

/** A mean difference over paired runs, with its 95 % interval. */
export interface Difference {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

const resamples = 10_000;
const coverage = 0.95;
/** With fewer pairs than this the interval is far narrower than it claims: of four runs it is their range at most. */
const fewestPairs = 5;

/**
 * The mean of paired differences and the percentile interval of its bootstrap: the middle 95 % of the means of 10,000
 * samples of as many pairs, drawn with replacement. The draws are seeded, so that the same differences give the same
 * interval.
 *
 * @param differences one per pair, in the order of the pairs.
 * @returns undefined for fewer than five pairs.
 * @see Efron, Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.
 */
export function bootstrapDifference(differences: readonly number[]): Difference | undefined {
  const pairs = differences.length;
  if (pairs < fewestPairs) return undefined;
  const random = numpyRandom(42);
  const draw = () => differences[Math.floor(random.uniform(0, pairs))] as number;
  const means = Float64Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let pair = 0; pair < pairs; pair++) sum += draw();
    return sum / pairs;
  }).sort();
  return {
    mean: differences.reduce((sum, difference) => sum + difference, 0) / pairs,
    low: quantile(means, (1 - coverage) / 2),
    high: quantile(means, (1 + coverage) / 2),
  };
}

/** Linear between the two nearest of the sorted values. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const [below, above] = [Math.floor(place), Math.ceil(place)].map((index) => sorted[index] as number);
  return (below as number) + (place % 1) * ((above as number) - (below as number));
}
