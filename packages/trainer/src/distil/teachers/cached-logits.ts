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

/** @throws TypeError, RangeError that names the first answer that is none. */
export async function cachedLogits(given: CachedAnswers, options: CachedOptions): Promise<TeacherLogits> {
  const { argument, kind, classes } = options;
  const { values, shape } = isShaped(given)
    ? { values: given.values, shape: [given.examples, given.classes] }
    : await valuesOf(argument, given);
  if (kind === 'probabilities' && classes === 2 && shape?.length === 2 && shape[1] === 1) {
    return cachedLogits(bothOf(values), options);
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
  return kind === 'probabilities' ? withoutInfinity(logarithms(answers, argument)) : answers;
}

const isShaped = (given: CachedAnswers): given is TeacherLogits =>
  typeof given === 'object' && 'values' in given && 'examples' in given && 'classes' in given;

/** Both probabilities `[1 − p, p]` of each yes, such as one sigmoid unit gives. */
const bothOf = (values: TypedArray): TeacherLogits => ({
  values: Float32Array.from({ length: 2 * values.length }, (_, i) => {
    const yes = values[i >> 1] as number;
    return i % 2 ? yes : 1 - yes;
  }),
  examples: values.length,
  classes: 2,
});

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
