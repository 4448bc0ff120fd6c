import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkTensor, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { applyEpilogue, checkSpreads } from './fused-activation.js';
import { repeatsAlong } from './spread-rows.js';

/**
 * `Prelu` on wasm with slopes that do not repeat as they lie in memory, such as `[height, 1, 1]`, which TensorFlow.js' own
 * takes for `[height]`: x, and alpha · x below 0.
 *
 * `x` is float32 of any shape, and `alpha` spreads to it.
 *
 * @returns float32 of the shape of x.
 * @throws TypeError if a tensor is not float32, RangeError if alpha does not spread to x.
 */
export function prelu({ inputs: { x, alpha }, backend }: KernelCall<'x' | 'alpha'>): TensorInfo {
  checkTensor('prelu', 'x', x, 'float32');
  checkSpreads('prelu', 'alpha', alpha, x.shape);
  const { address, floats, makeOutput } = runtimeOf(backend);
  const y = makeOutput(x.shape, 'float32');
  const size = sizeOf(x.shape);
  floats(address(y), size).set(floats(address(x), size));
  return applyEpilogue(backend, y, { slopes: alpha });
}

/** Whether TensorFlow.js' own kernel is wrong: it repeats the slopes as they lie in memory, and reads them as float32. */
export const hasSpreadSlopes = ({ inputs: { x, alpha } }: KernelCall<'x' | 'alpha'>): boolean =>
  alpha.dtype !== 'float32' || !repeatsAlong(alpha.shape, x.shape);
