import { checkOptions, describeValue } from '@metadistill/options';
import { type CachedLogits, checkCachedLogits, shiftedRows } from '../teachers/cached-logits.js';

export interface AgreementTemperatureOptions {
  readonly teacherLogits: CachedLogits;
  /**
   * What the teacher shall give to its first choice, on average; above 1/classes and below 1. Default: 7/18 of the way from
   * 1/classes to 1, which is 0.45 for ten classes and 0.69 for two.
   */
  readonly topProbability?: number;
}

/** Of the way from chance to certainty. */
const SHARE = 7 / 18;
/** At least as many rows are looked at, if there are: enough for three digits of the mean. */
const ROWS = 2048;
/** Halvings of the logarithm of T between 1e-3 and 1e6, which leave 1e-8 of it. */
const HALVINGS = 32;

/**
 * The temperature at which a teacher's answers say most about the classes that are not its first choice: that at which it
 * gives `topProbability` to its first choice, averaged over the examples (of more than 4,095 over some 2,048 to 4,095,
 * evenly spread).
 *
 * The default suits `teacherAgreement` and `distil`. From 0.4 to 0.5 of ten classes it is 14 to 18 for a ResNet-18 on CIFAR-10 whose logits have a standard
 * deviation of 11, 5 to 6.6 for a smaller network.
 *
 * @returns T > 0.
 * @throws RangeError if the probability is outside its range, there is no row, or no temperature gives that probability, as
 *   for logits that are all equal; TypeError if an option is unknown.
 */
export function agreementTemperature(options: AgreementTemperatureOptions): number {
  checkOptions<AgreementTemperatureOptions>('agreementTemperature', options, {
    teacherLogits: 'teacherLogits',
    topProbability: true,
  });
  const { examples, classes } = options.teacherLogits;
  const { topProbability = 1 / classes + SHARE * (1 - 1 / classes) } = options;
  checkCachedLogits('agreementTemperature', options.teacherLogits);
  if (!(topProbability > 1 / classes && topProbability < 1)) {
    throw new RangeError(
      `agreementTemperature: topProbability is ${describeValue(topProbability)}; expected a number above 1/${classes} and below 1.`,
    );
  }
  const stride = Math.max(1, Math.floor(examples / ROWS));
  const indices = Array.from({ length: Math.ceil(examples / stride) }, (_, i) => i * stride);
  const rows = shiftedRows(options.teacherLogits, indices);
  const topMean = (temperature: number): number =>
    rows.reduce(
      (sum, row) => sum + 1 / row.reduce((total, gap) => total + Math.exp(gap / temperature), 0),
      0,
    ) / rows.length;
  let [low, high] = [Math.log(1e-3), Math.log(1e6)];
  if (!(topMean(Math.exp(low)) > topProbability && topMean(Math.exp(high)) < topProbability)) {
    throw new RangeError(
      `agreementTemperature: the teacher gives ${topMean(1).toPrecision(3)} to its first choice at temperature 1, and ` +
        `${topProbability} at none; expected finite logits that differ within a row. Are they those of a trained teacher?`,
    );
  }
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (topMean(Math.exp(middle)) > topProbability) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}
