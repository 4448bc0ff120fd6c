import { checkDatasetInParts, type Dataset, sliceExamples } from '@metadistill/datasets';
import { inTurns } from '../../event-loop/in-turns.js';
import type { DataOptions } from './check-data.js';
import { isTfDataset } from './is-tf-dataset.js';
import type { Taker } from './read-data.js';

/** What a student learns from and what it is measured on. Names say which option each came by. */
export interface DistilData {
  readonly training: Dataset;
  readonly validation: Dataset;
  /** How many of the examples that were given are training examples; the rest of them are validation examples. */
  readonly splitAt: number | undefined;
}

/**
 * The data sets that were given, or what is read of `x`, `y` and `validationData`. `validationSplit` takes the last examples, as
 * Keras does.
 */
export async function dataOf(
  { x, y, validationData, validationSplit, training, validation }: DataOptions,
  taker: Taker,
): Promise<DistilData> {
  const all = training ? named('training', training) : await read('x', x, 'y', y, taker);
  if (validationSplit !== undefined) return await split(all, validationSplit);
  if (validation) return { training: all, validation: named('validation', validation), splitAt: undefined };
  const [xHeld, yHeld] = isTfDataset(validationData)
    ? [validationData]
    : (validationData as [unknown, unknown]);
  const held = await read('validationData[0]', xHeld, 'validationData[1]', yHeld, taker);
  return { training: all, validation: { ...held, name: 'validationData' }, splitAt: undefined };
}

/** Loads what reads arrays when there are some: a page that has data sets does without. */
const read: typeof import('./read-data.js').readData = async (...given) =>
  (await import('./read-data.js')).readData(...given);

async function split(all: Dataset, share: number): Promise<DistilData> {
  const count = all.labels.length;
  const splitAt = Math.floor(count * (1 - share));
  if (splitAt === 0) {
    throw new RangeError(
      `distil: validationSplit is ${share} of ${count} examples; expected at least one to train on. Pass a smaller share.`,
    );
  }
  // A fault in the last part, too, is named by its row of what was given.
  await inTurns(checkDatasetInParts(all, 'distil'));
  return {
    training: sliceExamples(all, 0, splitAt),
    validation: { ...sliceExamples(all, splitAt, count), name: `validationSplit of ${all.name}` },
    splitAt,
  };
}

/** The data set under a name that says which option it is. */
const named = (option: string, dataset: Dataset): Dataset => ({
  ...dataset,
  name: `${option} (${dataset.name})`,
});
