import { checkPart } from '@metadistill/options';
import type { Dataset } from '../types.js';
import { checkTyped } from './check-typed.js';
import { exampleSize } from './split.js';

/** Numbers that are looked at between two turns of the event loop: some milliseconds. */
const PART = 2 ** 21;

/**
 * Checks a data set once, so that no batch has to pay for it: as many examples as labels, every label a class, every
 * feature finite.
 *
 * @param caller the function that errors name.
 * @throws TypeError if the examples or labels are no typed array of their class, RangeError that names the data set and the first fault.
 */
export function checkDataset(dataset: Dataset, caller = 'checkDataset'): void {
  for (const _ of checkDatasetInParts(dataset, caller));
}

/**
 * `checkDataset` for a page that stays alive meanwhile: each step of the iteration takes some milliseconds.
 *
 *     for (const _ of checkDatasetInParts(dataset)) await turnOfTheEventLoop();
 */
export function* checkDatasetInParts(dataset: Dataset, caller = 'checkDataset'): Generator<void> {
  checkPart(caller, 'dataset', dataset, 'dataset');
  checkPart(caller, 'dataset.examples', dataset.examples, 'numbers');
  const { name, examples, exampleShape, labels, classes } = dataset;
  checkTyped(caller, `${name}: examples`, examples, 'examples');
  checkTyped(caller, `${name}: labels`, labels, 'labels');
  const fail = (what: string, got: number | undefined, expected: string, remedy: string) =>
    new RangeError(`${caller}: ${name}: ${what} is ${got}; expected ${expected}. ${remedy}`);
  const expected = labels.length * exampleSize(dataset);
  if (examples.length * classes === expected && classes > 1) {
    throw fail(
      'the length of labels',
      labels.length,
      `${labels.length / classes}, a whole number for each example`,
      'Take the place of the 1 in each one-hot row; distil takes such rows as y.',
    );
  }
  if (examples.length !== expected) {
    throw fail(
      'the length of examples',
      examples.length,
      `${expected}, ${labels.length} of shape [${exampleShape}]`,
      'Give one label per example, and the shape of one example.',
    );
  }
  for (let from = 0; from < labels.length; from += PART) {
    const part = labels.subarray(from, from + PART);
    const label = part.findIndex((value) => !(Number.isInteger(value) && value >= 0 && value < classes));
    if (label >= 0) {
      throw fail(
        `the label of example ${from + label}`,
        part[label],
        `an integer, 0 to ${classes - 1}`,
        'Count the classes from 0.',
      );
    }
    yield;
  }
  if (examples instanceof Uint8Array) return;
  for (let from = 0; from < examples.length; from += PART) {
    const part = examples.subarray(from, from + PART);
    if (!areFinite(part)) {
      const feature = part.findIndex((value) => !Number.isFinite(value));
      throw fail(
        `a feature of example ${Math.floor((from + feature) / exampleSize(dataset))}`,
        part[feature],
        'a finite number',
        'Fill in what is missing.',
      );
    }
    yield;
  }
}

/** A sum of zeros, unless a number is NaN or infinite: ten times as fast as asking each. */
function areFinite(values: Float32Array): boolean {
  let zeros = 0;
  for (let i = 0; i < values.length; i++) zeros += (values[i] as number) * 0;
  return zeros === 0;
}
