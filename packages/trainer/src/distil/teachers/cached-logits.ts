import type { TeacherLogits } from '@metadistill/datasets';
import { describeValue } from '@metadistill/options';
import type { TypedArray } from '@tensorflow/tfjs-core';
import { isTyped, type Numbers, valuesOf } from '../inputs/values-of.js';

/** What a teacher said of some examples, `[examples, classes]` in their order: with its shape, or however you hold it. */
export type CachedAnswers = TeacherLogits | Numbers;

export interface CachedOptions {
  /** What errors call the answers. */
  readonly argument: string;
  /** What they are. A row of log-probabilities is one of logits; −Infinity masks a class, whose probability is 0. */
  readonly kind: 'logits' | 'probabilities';
  readonly classes: number;
}

/**
 * Below the largest logit of a row, where a probability is 0 in float32: e^−104 is less than half of its smallest number. The
 * highest logit that says what was said, since at T > 1 a lower one would say more.
 */
const ZERO = 104;

/** How far the probabilities of a row may add up to something else than 1: rounded to three digits, a hundred classes. */
const SLACK = 0.05;

/** The same of numbers that are not known to be probabilities: in half precision. */
const ROUNDED = 1e-3;

/** @throws TypeError, RangeError that names the first answer that is none. */
export async function cachedLogits(given: CachedAnswers, options: CachedOptions): Promise<TeacherLogits> {
  const { argument, kind, classes } = options;
  const { values, shape } = isShaped(given)
    ? { values: given.values, shape: [given.examples, given.classes] }
    : await valuesOf(argument, given);
  if (classes === 2 && shape?.length === 2 && shape[1] === 1) {
    if (kind === 'logits') refuseProbabilities({ values: Float32Array.from(values), classes: 1 }, argument);
    return cachedLogits(bothOf(values, kind), options);
  }
  const [rows, columns] = shape ?? [values.length / classes, classes];
  if ((shape && shape.length !== 2) || !Number.isInteger(rows)) {
    const found = shape ? `shape [${shape.join(', ')}]` : `${values.length} numbers`;
    throw new RangeError(`distil: ${argument} has ${found}; expected [examples, ${classes}].`);
  }
  // What has lost its type is named by checkTeacherLogits.
  if (!isTyped(values)) return given as TeacherLogits;
  const logits = values instanceof Float32Array ? values : Float32Array.from(values);
  const answers = { values: logits, examples: rows as number, classes: columns as number };
  if (kind === 'probabilities') return withoutInfinity(logarithms(answers, argument));
  // Another number of columns is what is wrong first.
  if (columns === classes) refuseProbabilities(answers, argument);
  return answers;
}

const isShaped = (given: CachedAnswers): given is TeacherLogits =>
  typeof given === 'object' && 'values' in given && 'examples' in given && 'classes' in given;

/** Both probabilities `[1 − p, p]` of each yes, such as one sigmoid unit gives, or both logits `[0, z]`. */
const bothOf = (values: TypedArray, kind: CachedOptions['kind']): TeacherLogits => ({
  values: Float32Array.from({ length: 2 * values.length }, (_, i) => {
    const yes = values[i >> 1] as number;
    if (i % 2) return yes;
    return kind === 'logits' ? 0 : 1 - yes;
  }),
  examples: values.length,
  classes: 2,
});

/** Rows that are looked at for probabilities among logits. */
const LOOKED_AT = 1000;

/**
 * Refuses logits every row of which is probabilities: as logits they would say next to nothing, and the student would learn
 * less of them than of the labels.
 */
function refuseProbabilities(
  { values, classes }: Pick<TeacherLogits, 'values' | 'classes'>,
  argument: string,
): void {
  const isProbability = (value: number) => value >= 0 && value <= 1;
  const looked = values.subarray(0, LOOKED_AT * classes);
  if (looked.length === 0 || !looked.every(isProbability)) return;
  for (let at = 0; at < looked.length && classes > 1; at += classes) {
    const total = looked.subarray(at, at + classes).reduce((sum, value) => sum + value, 0);
    if (Math.abs(total - 1) > ROUNDED) return;
  }
  const option = argument.replace('Logits', 'Probabilities');
  const found = classes === 1 ? 'every number is one in [0, 1]' : 'every row adds up to 1';
  const meant = classes === 1 ? 'in two columns, [0, z]' : 'plus a constant';
  throw new RangeError(
    `distil: ${argument} is probabilities, it seems: ${found}, such as ${describeValue(Array.from(looked.subarray(0, classes)))}; ` +
      `expected logits. Pass ${option === argument ? 'their logarithms' : `them as ${option}`}, or, if they are logits, pass these ${meant}.`,
  );
}

function logarithms({ values, examples, classes }: TeacherLogits, argument: string): TeacherLogits {
  for (let row = 0; row < examples; row++) {
    const entries = values.subarray(row * classes, (row + 1) * classes);
    const total = entries.reduce((sum, value) => sum + value, 0);
    if (entries.every((value) => value >= 0) && Math.abs(total - 1) <= SLACK) continue;
    throw new RangeError(
      `distil: ${argument}[${row}] is ${describeValue(Array.from(entries))}; expected probabilities that add up to 1. Logits go ` +
        'into teacherLogits.',
    );
  }
  return { values: values.map(Math.log), examples, classes };
}

/** −Infinity, the logarithm of a probability that was rounded to 0, as the logit of one that is 0 in float32. */
function withoutInfinity(answers: TeacherLogits): TeacherLogits {
  const { values, classes } = answers;
  const isZero = (value: number) => value === Number.NEGATIVE_INFINITY;
  if (!values.some(isZero)) return answers;
  const tops = Float32Array.from({ length: values.length / classes }, (_, row) =>
    values
      .subarray(row * classes, (row + 1) * classes)
      .reduce((top, value) => Math.max(top, value), -Infinity),
  );
  return {
    ...answers,
    values: values.map((value, i) =>
      isZero(value) ? (tops[Math.floor(i / classes)] as number) - ZERO : value,
    ),
  };
}
