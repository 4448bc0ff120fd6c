import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { sizeOf } from '../call/checks.js';
import { type ListCall, pairsOf } from '../call/pairs-of.js';

/**
 * `MetadistillReject` on wasm: x − y ⟨x, y⟩/⟨y, y⟩ over pairs of float32 tensors in one call, the sums over all pairs; zeros
 * if y is 0.
 *
 * @returns one tensor per pair, in x's shape.
 * @throws TypeError or RangeError if dtypes, shapes or the lengths of the lists do not fit.
 */
export function reject({ inputs, backend }: ListCall): TensorInfo[] {
  const pairs = pairsOf('reject', inputs);
  const { kernels, address, makeOutput } = runtimeOf(backend);
  let [squared, product] = [0, 0];
  for (const { x, y } of pairs) {
    squared += kernels.dot(address(y), address(y), sizeOf(y.shape));
    product += kernels.dot(address(x), address(y), sizeOf(x.shape));
  }
  const divisor = Math.max(squared, 1e-35); // as the composed operations have it
  return pairs.map(({ x, y }) => {
    const out = makeOutput(x.shape, 'float32');
    const [xScale, yScale] = [squared / divisor, -product / divisor];
    kernels.combine(address(x), address(y), address(out), sizeOf(x.shape), xScale, yScale);
    return out;
  });
}
