import { describeValue } from '@metadistill/options';
import type { DistilOptions } from '../distil-options.js';
import { isTfDataset } from './is-tf-dataset.js';

/** The options that bring data. */
export type DataOptions = Pick<
  DistilOptions,
  'x' | 'y' | 'validationData' | 'validationSplit' | 'training' | 'validation'
>;

/**
 * Refuses data options that contradict each other or are missing, before any of it is read.
 *
 * @throws TypeError, RangeError that names the option.
 */
export function checkData({ x, y, training, ...held }: DataOptions): void {
  const fail = (message: string) => new TypeError(`distil: ${message}`);
  if (x !== undefined && training) {
    throw fail(
      'x and training are both given; expected one of them. training is a data set of @metadistill/datasets.',
    );
  }
  if (x === undefined && !training) {
    throw fail('x and training are undefined; expected one of them. Pass x and y, as to fit().');
  }
  if (isTfDataset(x) && y !== undefined) {
    throw fail('y is given and x is a tf.data.Dataset; expected its elements to be { xs, ys }. Leave y out.');
  }
  if (x !== undefined && y === undefined && !isTfDataset(x)) {
    throw fail('y is undefined; expected the label of each example of x: whole numbers, or one-hot rows.');
  }
  if (training && y !== undefined) throw fail('y is given and x is undefined; training has its own labels.');
  const given = (['validationData', 'validationSplit', 'validation'] as const).filter(
    (option) => held[option] !== undefined,
  );
  if (given.length > 1) throw fail(`${given.join(' and ')} are given; expected one of them.`);
  if (given.length === 0) {
    throw fail(
      'validationData, validationSplit and validation are undefined; expected one of them, as the student is measured after ' +
        'every epoch. Pass validationSplit: 0.1 to hold out the last tenth.',
    );
  }
  checkHeldOut(held);
}

function checkHeldOut({
  validationData,
  validationSplit,
}: Pick<DataOptions, 'validationData' | 'validationSplit'>): void {
  const isShare = typeof validationSplit === 'number' && validationSplit > 0 && validationSplit < 1;
  if (validationSplit !== undefined && !isShare) {
    throw new RangeError(
      `distil: validationSplit is ${describeValue(validationSplit)}; expected a number between 0 and 1, such as 0.1.`,
    );
  }
  const isPair = Array.isArray(validationData) && validationData.length === 2;
  if (validationData === undefined || isTfDataset(validationData) || isPair) return;
  throw new TypeError(
    `distil: validationData is ${describeValue(validationData)}; expected [x, y] or a tf.data.Dataset of { xs, ys }. Pass [x, y].`,
  );
}
