import { checkOptions } from '@metadistill/options';
import type { Layer, OpaqueCache } from '../../types.js';
import { opaque } from '../rules/opaque.js';
import { averagePooling } from './average-pooling.js';
import { checkPool, type PoolOptions, poolOptions } from './pool-options.js';

export type AveragePool1dOptions = PoolOptions<number | readonly [length: number]>;

/**
 * The mean of each window of `[batch, length, channels]`, over what the window has in the input.
 *
 * @throws RangeError if a size is not a positive integer, or there is no such padding.
 */
export function averagePool1d(options: AveragePool1dOptions): Layer<OpaqueCache<'averagePool1d'>> {
  checkOptions('averagePool1d', options, poolOptions);
  const { name = 'averagePool1d' } = options;
  return opaque(averagePooling(name, checkPool(name, options, ['length'])));
}
