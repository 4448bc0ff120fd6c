import { checkOptions } from '@metadistill/options';
import type { Size2d } from '../../shapes.js';
import type { Layer, OpaqueCache } from '../../types.js';
import { opaque } from '../rules/opaque.js';
import { maxPooling } from './max-pooling.js';
import { checkPool, type PoolOptions, poolOptions } from './pool-options.js';

export type MaxPool2dOptions = PoolOptions<Size2d>;

/**
 * The maximum of each window of `[batch, height, width, channels]`; of equal maxima the first gets the gradient.
 *
 * @throws RangeError if a size is not a positive integer, or there is no such padding.
 */
export function maxPool2d(options: MaxPool2dOptions): Layer<OpaqueCache<'maxPool2d'>> {
  checkOptions('maxPool2d', options, poolOptions);
  const { name = 'maxPool2d' } = options;
  return opaque(maxPooling(name, checkPool(name, options, ['height', 'width'])));
}
