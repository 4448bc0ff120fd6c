import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkShape, checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { rowsOf } from './batch-norm-channels.js';

/**
 * `MetadistillCentredSums` on wasm: Σ dy and Σ dy · (x − mean) of each channel, all that the gradients of a batch norm by
 * given moments need, in one pass.
 *
 * `x` and `dy` are float32 `[..., channels]`, `mean` is `[channels]`.
 *
 * @returns both sums, `[channels]` each.
 * @throws TypeError or RangeError if dtypes or shapes do not fit, or x is empty.
 */
export function centredSums({ inputs, backend }: KernelCall<'x' | 'dy' | 'mean'>): TensorInfo[] {
  const { x, dy, mean } = inputs;
  const { rows, channels } = rowsOf('centredSums', x, { mean });
  checkTensor('centredSums', 'dy', dy, 'float32');
  checkShape('centredSums', 'dy', dy, x.shape);
  const { kernels, address, makeOutput } = runtimeOf(backend);
  const sums = makeOutput([channels], 'float32');
  const products = makeOutput([channels], 'float32');
  kernels.centredSums(
    address(dy),
    address(x),
    rows,
    channels,
    address(mean),
    address(sums),
    address(products),
  );
  return [sums, products];
}
