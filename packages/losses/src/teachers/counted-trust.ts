import { checkOptions, describeValue } from '@metadistill/options';
import { checkTeacherRows } from '../metrics/check-finite-logits.js';
import { checkLabels } from '../metrics/check-labels.js';
import type { CachedLogits } from './cached-logits.js';

export interface CountedTrustOptions {
  /** The teachers' logits on the same labelled examples, which nobody trained on. */
  readonly teachers: readonly CachedLogits[];
  /** The right classes of these examples. */
  readonly labels: ArrayLike<number>;
  /** How right the labels of the training data are, above 0 and at most 1: it cannot be counted. Default 0.5. */
  readonly labelPrecision?: number;
  /** The trust of an expert is its precision to this power; default 4. */
  readonly power?: number;
}

/**
 * The dials of `trustMix({ by: 'answer' })` by counting: how often each teacher is right when it says a class.
 *
 * A[e, q] = power · log((right + 1) / (said + classes)), `[1 + teachers, classes]` row by row, the labels first: the trust of
 * an expert is then its precision, smoothed by one example, to that power. A rule that needs no training, to start from or to compare
 * with.
 *
 * @returns plain numbers, the value of `trust[]`.
 * @throws RangeError if logits and labels do not fit, a label is no class, a logit is not finite or a number is outside its
 *   range, or if a power so high makes dials infinite in float32; TypeError if an option is unknown.
 */
export function countedTrust(options: CountedTrustOptions): number[] {
  checkOptions<CountedTrustOptions>('countedTrust', options, {
    teachers: 'teacherLogits[]',
    labels: 'numbers',
    labelPrecision: true,
    power: true,
  });
  const { teachers, labels, labelPrecision = 0.5, power = 4 } = options;
  if (typeof labelPrecision !== 'number' || !(labelPrecision > 0 && labelPrecision <= 1)) {
    throw new RangeError(
      `countedTrust: labelPrecision is ${describeValue(labelPrecision)}; expected a number above 0 and at most 1.`,
    );
  }
  if (!(power > 0 && Number.isFinite(power))) {
    throw new RangeError(`countedTrust: power is ${describeValue(power)}; expected a finite number above 0.`);
  }
  const [first] = teachers;
  if (first === undefined) throw new RangeError('countedTrust: teachers is []; expected at least one.');
  const { classes } = first;
  const trust: number[] = Array(classes).fill(power * Math.log(labelPrecision));
  for (const [e, teacher] of teachers.entries()) {
    const { values, examples } = teacher;
    if (examples !== labels.length || teacher.classes !== classes || values.length !== examples * classes) {
      throw new RangeError(
        `countedTrust: teachers[${e}] has ${values.length} values for ${examples} examples of ${teacher.classes} classes; ` +
          `expected those of ${labels.length} examples of ${classes}.`,
      );
    }
    if (e === 0) checkLabels('countedTrust', labels, classes);
    checkTeacherRows('countedTrust', `teachers[${e}]`, values, classes);
    const said: number[] = Array(classes).fill(0);
    const right: number[] = Array(classes).fill(0);
    for (let example = 0; example < examples; example++) {
      let best = 0;
      for (let k = 1; k < classes; k++) {
        if ((values[example * classes + k] as number) > (values[example * classes + best] as number))
          best = k;
      }
      said[best]! += 1;
      if (labels[example] === best) right[best]! += 1;
    }
    trust.push(...said.map((count, k) => power * Math.log((right[k]! + 1) / (count + classes))));
  }
  if (!trust.every((dial) => Number.isFinite(Math.fround(dial)))) {
    throw new RangeError(
      `countedTrust: power is ${describeValue(power)}; expected one that leaves power · log(precision) finite in float32. ` +
        'The default is 4.',
    );
  }
  return trust;
}
