import { describeValue } from '@metadistill/options';
import type { Dataset, TeacherLogits } from '../types.js';

/**
 * The examples start..end-1: a view of the same memory.
 *
 * @throws RangeError if the range is not within the data set.
 */
export function sliceExamples(dataset: Dataset, start: number, end: number): Dataset {
  checkRange('sliceExamples', start, end, dataset.labels.length);
  const size = exampleSize(dataset);
  return {
    ...dataset,
    examples: dataset.examples.subarray(start * size, end * size),
    labels: dataset.labels.subarray(start, end),
  };
}

/** The teacher's logits on the examples start..end-1, as `sliceExamples` does it. */
export function sliceTeacherLogits(logits: TeacherLogits, start: number, end: number): TeacherLogits {
  checkRange('sliceTeacherLogits', start, end, logits.examples);
  return {
    values: logits.values.subarray(start * logits.classes, end * logits.classes),
    examples: end - start,
    classes: logits.classes,
  };
}

/**
 * The last round(fraction · examples) examples as the validation set, the ones before them as the training set.
 * Both are views of the same memory.
 *
 * @param fraction in [0, 1); the paper's image experiments hold out 0.1.
 * @throws RangeError if the fraction is not in [0, 1).
 */
export function holdOutLast(
  dataset: Dataset,
  fraction: number,
): { readonly train: Dataset; readonly validation: Dataset } {
  if (typeof fraction !== 'number' || !(fraction >= 0 && fraction < 1)) {
    throw new RangeError(
      `holdOutLast: fraction is ${describeValue(fraction)}; expected 0 <= fraction < 1. Pass 0.1 to validate on a tenth.`,
    );
  }
  const count = dataset.labels.length;
  const trainCount = count - Math.round(fraction * count);
  return {
    train: sliceExamples(dataset, 0, trainCount),
    validation: sliceExamples(dataset, trainCount, count),
  };
}

/** How many numbers one example has. */
export const exampleSize = (dataset: Dataset): number =>
  dataset.exampleShape.reduce((product, length) => product * length, 1);

function checkRange(name: string, start: number, end: number, count: number): void {
  const valid =
    Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= count;
  if (!valid) {
    throw new RangeError(
      `${name}: start, end is ${inWords(start)}, ${inWords(end)}; expected 0 <= start <= end <= ${count}, the number of examples. Check the sizes that you split by.`,
    );
  }
}

/** A number, or what was passed instead, such as the pixels of a data set for their count. */
const inWords = (value: unknown): string =>
  typeof value === 'number' ? `${value}` : `${Object.prototype.toString.call(value).slice(8, -1)}, no number`;
