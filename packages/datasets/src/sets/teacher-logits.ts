import type { Dataset, FloatArray, TeacherLogits } from '../types.js';
import { checkTyped } from './check-typed.js';

/** What is asked of a data set that logits are to fit: a `Dataset`, or its sizes alone. */
export type LogitExamples = Pick<Dataset, 'name' | 'classes'> & {
  readonly labels: { readonly length: number };
};

/**
 * A teacher's logits, known to fit a data set: `[examples, classes]`, every number finite, or −Infinity for a class that the
 * teacher masks; no row masks all.
 *
 * The order of the rows cannot be checked: it must be the order of the data set's examples.
 *
 * @param name what errors call the logits: such as their file.
 * @param caller the function that errors name.
 * @returns a view of the same memory.
 * @throws RangeError if the shape does not fit the data set; TypeError if the values are no Float32Array; Error if a logit is not finite.
 */
export function checkTeacherLogits(
  logits: FloatArray,
  dataset: LogitExamples,
  name = 'teacher logits',
  caller = 'checkTeacherLogits',
): TeacherLogits {
  const examples = dataset.labels.length;
  const { classes } = dataset;
  const { shape, values } = logits;
  const fail = (what: string, got: string, expected: string) =>
    `${caller}: ${name}: ${what} is ${got}; expected ${expected}. Were they computed on ${dataset.name}?`;
  if (shape.length !== 2) throw new RangeError(fail('shape', `[${shape}]`, `[${examples},${classes}]`));
  if (shape[0] !== examples) {
    throw new RangeError(fail('the number of rows', `${shape[0]}`, `${examples}, one per example`));
  }
  if (shape[1] !== classes) {
    throw new RangeError(
      `${fail('the number of columns', `${shape[1]}`, `${classes}, one per class`)} ` +
        'mapTeacherClasses maps a teacher of other classes.',
    );
  }
  checkTyped(caller, `${name}: values`, values, 'logits');
  if (values.length !== examples * classes) {
    throw new RangeError(fail('the number of values', `${values.length}`, `${examples * classes}`));
  }
  const fault = faultIn(values, examples, classes);
  if (fault) {
    throw new Error(
      `${caller}: ${name}: ${fault}; expected a finite number. Compute the logits again; a teacher that diverged cannot ` +
        'teach. -Infinity masks a class, but not all of a row.',
    );
  }
  return { values, examples, classes };
}

function faultIn(values: Float32Array, examples: number, classes: number): string | undefined {
  for (let row = 0; row < examples; row++) {
    let top = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) {
      const value = values[row * classes + k] as number;
      if (!(value < Number.POSITIVE_INFINITY)) return `the logit of row ${row}, class ${k} is ${value}`;
      if (value > top) top = value;
    }
    if (top === Number.NEGATIVE_INFINITY) return `the largest logit of row ${row} is -Infinity`;
  }
  return undefined;
}
