import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuHost } from '../call/array-host.js';
import type { ListCall } from '../call/pairs-of.js';
import { type CombineAttributes, scaledPairs } from './combine.js';

/**
 * `MetadistillCombine` on cpu: xScale · x + yScale · y of pairs of tensors.
 *
 * @returns one tensor per pair, in x's shape.
 * @throws TypeError or RangeError if dtypes, shapes or the lengths of the lists do not fit.
 */
export function combineOnCpu({ inputs, attrs, backend }: ListCall<CombineAttributes>): TensorInfo[] {
  const host = cpuHost(backend);
  const { xScale } = attrs;
  return scaledPairs(inputs, attrs).map(({ x, y, yScale }) => {
    const out = host.make(x.shape, 'float32');
    const [xs, ys, result] = [x, y, out].map(host.floats) as [Float32Array, Float32Array, Float32Array];
    for (let i = 0; i < result.length; i++) {
      result[i] = xScale * (xs[i] as number) + yScale * (ys[i] as number);
    }
    return out;
  });
}
