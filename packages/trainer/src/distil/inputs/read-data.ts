import type { Dataset } from '@metadistill/datasets';
import { type ExamplesOptions, examplesOf } from './examples-of.js';
import { isTfDataset } from './is-tf-dataset.js';
import { labelsOf } from './labels-of.js';
import { readTfDataset } from './read-tf-dataset.js';

/** What is asked of the student that takes the data. */
export interface Taker extends Omit<ExamplesOptions, 'argument'> {
  readonly inputShape: readonly number[];
  readonly classes: number;
  /** Heard while a `tf.data.Dataset` is read. */
  readonly signal?: AbortSignal | undefined;
}

/** Examples and labels, or a `tf.data.Dataset` of both, as a data set in memory. */
export async function readData(
  argument: string,
  x: unknown,
  labelsArgument: string,
  y: unknown,
  { inputShape, classes, ...taker }: Taker,
): Promise<Dataset> {
  const options = { ...taker, argument };
  const common = { name: argument, exampleShape: inputShape, classes };
  if (isTfDataset(x)) {
    const { examples, labels } = await readTfDataset(x, { ...options, classes });
    return { ...common, examples, labels };
  }
  const { examples, count } = await examplesOf(x, options);
  const labels = await labelsOf(y, { argument: labelsArgument, examples: argument, count, classes });
  return { ...common, examples, labels };
}
