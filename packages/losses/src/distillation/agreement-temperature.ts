import { checkOptions, describeValue } from '@metadistill/options';
import { checkTeacherRows } from '../metrics/check-finite-logits.js';
import { MASKED } from '../softmax/masked.js';
import { type CachedLogits, checkCachedLogits, shiftedRows } from '../teachers/cached-logits.js';

export interface AgreementTemperatureOptions {
  readonly teacherLogits: CachedLogits;
  /**
   * What the teacher shall give to its first choice, on average; above 1/classes and below 1. Default: 11/18 of the way from
   * 1/classes to 1, which is 0.65 for ten classes and 0.81 for two.
   */
  readonly topProbability?: number;
}

/** Of the way from chance to certainty. */
const SHARE = 11 / 18;
/** At least as many rows are looked at, if there are: enough for three digits of the mean. */
const ROWS = 2048;
/** Where T is searched, as shares of the smallest and the largest gap to the first choice: T scales with the logits. */
const [LOWEST, HIGHEST] = [1e-3, 1e6] as const;
/** Halvings of the logarithm of T between them, which leave 1e-10 of it. */
const HALVINGS = 42;

/**
 * The temperature at which a teacher's answers say most about the classes that are not its first choice: that at which it
 * gives `topProbability` to its first choice, averaged over the examples (of more than 4,095 over some 2,048 to 4,095,
 * evenly spread).
 *
 * The default suits `teacherAgreement` and `distil`. It is 10.7 for a ResNet-18 on CIFAR-10 whose logits have a standard
 * deviation of 11, 3.4 for a smaller network whose logits have one of 5.4.
 *
 * @returns T > 0. It scales with the logits, so that it may lie far outside of the temperatures that suit training: `distil`
 *   starts from the nearest in [1, 50].
 *   A teacher that masks so many classes that no temperature brings it down to the default gets the highest one.
 * @throws RangeError if the probability is outside its range, there is no row, a logit is not finite, or no temperature gives
 *   that probability, as for a teacher most of whose rows are constant; TypeError if an option is unknown.
 */
export function agreementTemperature(options: AgreementTemperatureOptions): number {
  checkOptions<AgreementTemperatureOptions>('agreementTemperature', options, {
    teacherLogits: 'teacherLogits',
    topProbability: true,
  });
  const { examples, classes } = options.teacherLogits;
  const { topProbability = 1 / classes + SHARE * (1 - 1 / classes) } = options;
  checkCachedLogits('agreementTemperature', options.teacherLogits);
  checkTeacherRows('agreementTemperature', 'teacherLogits', options.teacherLogits.values, classes);
  if (typeof topProbability !== 'number' || !(topProbability > 1 / classes && topProbability < 1)) {
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
  let [nearest, farthest] = [Number.POSITIVE_INFINITY, 0];
  for (const gap of rows.flat().map((logit) => -logit)) {
    if (gap === 0 || gap >= -MASKED) continue;
    nearest = Math.min(nearest, gap);
    farthest = Math.max(farthest, gap);
  }
  // Rows that are all constant have no gap, and give 1/classes at any temperature.
  if (farthest === 0) [nearest, farthest] = [1, 1];
  let [low, high] = [Math.log(LOWEST * nearest), Math.log(HIGHEST * farthest)];
  const [most, least] = [topMean(Math.exp(low)), topMean(Math.exp(high))];
  if (!(most > topProbability)) {
    throw new RangeError(
      `agreementTemperature: the teacher is too undecided: it gives ${rounded(most)} to its first choice at most, however low ` +
        `the temperature; expected more than topProbability, ${rounded(topProbability)}. Are some rows constant? Pass a lower ` +
        'topProbability, or a temperature of your own, as to distil in metaparameters: { distillationFraction, temperature }.',
    );
  }
  if (!(least < topProbability)) {
    // Masked classes get nothing at any temperature: of what is left, the highest says most.
    if (options.topProbability === undefined) return Math.exp(high);
    throw new RangeError(
      `agreementTemperature: topProbability is ${describeValue(topProbability)}; expected more than the ${rounded(least)} that the ` +
        `teacher gives to its first choice at the highest temperature. Pass one further above 1/${classes}.`,
    );
  }
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (topMean(Math.exp(middle)) > topProbability) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

const rounded = (probability: number): number => Number(probability.toPrecision(3));
