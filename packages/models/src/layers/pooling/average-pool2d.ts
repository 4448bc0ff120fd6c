import { checkOptions } from '@metadistill/options';
import type { Size2d } from '../../shapes.js';
import type { Layer, OpaqueCache } from '../../types.js';
import { opaque } from '../rules/opaque.js';
import { averagePooling } from './average-pooling.js';
import { checkPool, type PoolOptions, poolOptions } from './pool-options.js';

export type AveragePool2dOptions = PoolOptions<Size2d>;

/**
 * The mean of each window of `[batch, height, width, channels]`, over what the window has in the input.
 *
 * @throws RangeError if a size is not a positive integer, or there is no such padding.
 */
export function averagePool2d(options: AveragePool2dOptions): Layer<OpaqueCache<'averagePool2d'>> {
  checkOptions('averagePool2d', options, poolOptions);
  const { name = 'averagePool2d' } = options;
  return opaque(averagePooling(name, checkPool(name, options, ['height', 'width'])));
}
