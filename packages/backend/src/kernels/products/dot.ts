import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { sizeOf } from '../call/checks.js';
import { type ListCall, pairsOf } from '../call/pairs-of.js';

/**
 * `MetadistillDot` on wasm: ⟨x, y⟩ over pairs of float32 tensors in one call.
 *
 * @returns a float32 scalar.
 * @throws TypeError or RangeError if dtypes, shapes or the lengths of the lists do not fit.
 */
export function dot({ inputs, backend }: ListCall): TensorInfo {
  const pairs = pairsOf('dot', inputs);
  const { kernels, address, floats, makeOutput } = runtimeOf(backend);
  const out = makeOutput([], 'float32');
  let sum = 0;
  for (const { x, y } of pairs) sum += kernels.dot(address(x), address(y), sizeOf(x.shape));
  floats(address(out), 1)[0] = sum;
  return out;
}
