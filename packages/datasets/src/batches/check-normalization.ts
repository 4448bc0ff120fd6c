import { checkOptions, checkPart } from '@metadistill/options';
import type { Dataset, Normalization } from '../types.js';

/**
 * Checks that images can be normalized: a mean and a standard deviation above 0 for each channel.
 *
 * @param caller the function that errors name.
 * @throws RangeError if the data set has features in place of images or the numbers do not fit, TypeError if they are missing
 *   or there are others.
 */
export function checkNormalization(
  normalization: Normalization,
  dataset: Dataset,
  caller = 'checkNormalization',
): void {
  checkOptions<Normalization>(`${caller}: normalization`, normalization, { mean: 'numbers', std: 'numbers' });
  checkPart(caller, 'dataset', dataset, 'dataset');
  const { name, examples, exampleShape } = dataset;
  if (!(examples instanceof Uint8Array)) {
    throw new RangeError(
      `${caller}: normalization is given for ${name}, which has features; expected images. Leave it out.`,
    );
  }
  const channels = exampleShape.at(-1) ?? 1;
  const { mean, std } = normalization;
  const isSized = mean.length === channels && std.length === channels;
  if (!isSized || ![...mean, ...std].every(Number.isFinite) || !std.every((value) => value > 0)) {
    throw new RangeError(
      `${caller}: normalization is mean [${mean}], std [${std}]; expected ${channels} of each, std > 0. ` +
        'Use channelStatistics of the training set; a channel without spread has std 1.',
    );
  }
}
