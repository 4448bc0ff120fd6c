import { checkOptions } from '@metadistill/options';
import type { Layer, OpaqueCache } from '../../types.js';
import { opaque } from '../rules/opaque.js';
import { maxPooling } from './max-pooling.js';
import { checkPool, type PoolOptions, poolOptions } from './pool-options.js';

export type MaxPool3dOptions = PoolOptions<number | readonly [depth: number, height: number, width: number]>;

/**
 * The maximum of each window of `[batch, depth, height, width, channels]`; of equal maxima the first gets the gradient.
 *
 * @throws RangeError if a size is not a positive integer, or there is no such padding.
 */
export function maxPool3d(options: MaxPool3dOptions): Layer<OpaqueCache<'maxPool3d'>> {
  checkOptions('maxPool3d', options, poolOptions);
  const { name = 'maxPool3d' } = options;
  return opaque(maxPooling(name, checkPool(name, options, ['depth', 'height', 'width'])));
}
