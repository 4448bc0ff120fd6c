import { checkOptions } from '@metadistill/options';
import type { Layer, OpaqueCache } from '../../types.js';
import { opaque } from '../rules/opaque.js';
import { maxPooling } from './max-pooling.js';
import { checkPool, type PoolOptions, poolOptions } from './pool-options.js';

export type MaxPool1dOptions = PoolOptions<number | readonly [length: number]>;

/**
 * The maximum of each window of `[batch, length, channels]`; of equal maxima the first gets the gradient.
 *
 * @throws RangeError if a size is not a positive integer, or there is no such padding.
 */
export function maxPool1d(options: MaxPool1dOptions): Layer<OpaqueCache<'maxPool1d'>> {
  checkOptions('maxPool1d', options, poolOptions);
  const { name = 'maxPool1d' } = options;
  return opaque(maxPooling(name, checkPool(name, options, ['length'])));
}
