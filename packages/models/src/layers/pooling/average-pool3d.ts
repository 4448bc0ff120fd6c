import { checkOptions } from '@metadistill/options';
import type { Layer, OpaqueCache } from '../../types.js';
import { opaque } from '../rules/opaque.js';
import { averagePooling } from './average-pooling.js';
import { checkPool, type PoolOptions, poolOptions } from './pool-options.js';

export type AveragePool3dOptions = PoolOptions<
  number | readonly [depth: number, height: number, width: number]
>;

/**
 * The mean of each window of `[batch, depth, height, width, channels]`, over what the window has in the input.
 *
 * @throws RangeError if a size is not a positive integer, or there is no such padding.
 */
export function averagePool3d(options: AveragePool3dOptions): Layer<OpaqueCache<'averagePool3d'>> {
  checkOptions('averagePool3d', options, poolOptions);
  const { name = 'averagePool3d' } = options;
  return opaque(averagePooling(name, checkPool(name, options, ['depth', 'height', 'width'])));
}
