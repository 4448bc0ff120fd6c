import { describeValue } from '@metadistill/options';
import type { TypedArray } from '@tensorflow/tfjs-core';
import { giveTurn } from '../../event-loop/give-turn.js';
import { NUMBERS_PER_TURN, valuesOf } from './values-of.js';

export interface LabelsOptions {
  /** What errors call the labels, such as `y`. */
  readonly argument: string;
  /** What errors call the examples, and how many there are. */
  readonly examples: string;
  readonly count: number;
  readonly classes: number;
}

/**
 * Labels as whole numbers, from whole numbers `[examples]` or `[examples, 1]`, or one-hot rows `[examples, classes]`.
 *
 * @throws TypeError, RangeError that names what is wrong.
 */
export async function labelsOf(given: unknown, options: LabelsOptions): Promise<Int32Array> {
  const { argument, examples, count, classes } = options;
  const { values, shape = flatShape(given as TypedArray, options) } = await valuesOf(argument, given);
  const [rows, width = 1] = shape;
  const isWhole = shape.length === 1 || (shape.length === 2 && width === 1);
  if (!isWhole && !(shape.length === 2 && width === classes)) {
    throw new RangeError(
      `distil: ${argument} has shape [${shape.join(', ')}]; expected [${count}] of whole numbers, or one-hot rows ` +
        `[${count}, ${classes}], as the student has ${classes} classes. ${shape.length === 2 ? `Give the student ${width} outputs, or leave out the classes that it has not.` : 'Reshape it.'}`,
    );
  }
  if (rows !== count) {
    throw new RangeError(
      `distil: ${argument} has ${rows} labels; expected ${count}, one for each example of ${examples}.`,
    );
  }
  return isWhole ? wholeLabels(values, options) : await hotLabels(values, options);
}

/** A typed array has no shape: as many numbers as there are examples are labels, as many times the classes are rows. */
const flatShape = ({ length }: TypedArray, { count, classes }: LabelsOptions): readonly number[] =>
  length === count * classes && classes > 1 ? [count, classes] : [length];

function wholeLabels(values: TypedArray, { argument, classes }: LabelsOptions): Int32Array {
  const wrong = values.findIndex((value) => !(Number.isInteger(value) && value >= 0 && value < classes));
  if (wrong < 0) return new Int32Array(values);
  const label = values[wrong] as number;
  throw new RangeError(
    `distil: ${argument}[${wrong}] is ${describeValue(label)}; expected a whole number from 0 to ${classes - 1}, as the ` +
      `student has ${classes} classes. ${wholeRemedy(label)}`,
  );
}

function wholeRemedy(label: number): string {
  if (Number.isNaN(label)) return 'Leave out examples without a label.';
  if (!Number.isInteger(label))
    return 'A label is the number of a class; quantities cannot be distilled as classes.';
  return 'Count the classes from 0, or give the student more outputs.';
}

async function hotLabels(values: TypedArray, options: LabelsOptions): Promise<Int32Array> {
  const { count, classes } = options;
  const labels = new Int32Array(count);
  const rowsPerTurn = Math.ceil(NUMBERS_PER_TURN / classes);
  for (let row = 0; row < count; row++) {
    labels[row] = hotOf(values, row, options);
    if (row % rowsPerTurn === 0) await giveTurn();
  }
  return labels;
}

/** Where the one of a row is. */
function hotOf(values: TypedArray, row: number, { argument, classes }: LabelsOptions): number {
  const entries = values.subarray(row * classes, (row + 1) * classes);
  const hot = entries.indexOf(1);
  if (hot >= 0 && entries.every((entry, k) => entry === (k === hot ? 1 : 0))) return hot;
  throw new RangeError(
    `distil: ${argument}[${row}] is ${describeValue([...entries])}; expected a one-hot row, one 1 among zeros. ${hotRemedy(entries)}`,
  );
}

function hotRemedy(entries: TypedArray): string {
  if (entries.some(Number.isNaN)) return 'Fill in what is missing.';
  if (entries.every((entry) => entry === 0))
    return 'Leave out examples without a class, or give "none" a class of its own.';
  if (entries.every((entry) => entry === 0 || entry === 1)) {
    return 'Classes exclude each other here: distil a student for each label that may hold beside others.';
  }
  return "Soft labels are a teacher's: pass them as teacherProbabilities.";
}
