import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkNumbers, checkTensor, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

/** Attributes of `ClipByValue`. */
export interface ClipAttributes {
  readonly clipValueMin: number;
  readonly clipValueMax: number;
}

/** `ClipByValue` on wasm, in place of TensorFlow.js' own, for which a NaN is the lower bound; here it stays. x is float32. */
export function clipByValue({
  inputs: { x },
  attrs: { clipValueMin, clipValueMax },
  backend,
}: KernelCall<'x', ClipAttributes>): TensorInfo {
  checkTensor('clipByValue', 'x', x, 'float32');
  checkNumbers('clipByValue', { clipValueMin, clipValueMax });
  const { kernels, address, makeOutput } = runtimeOf(backend);
  const y = makeOutput(x.shape, 'float32');
  kernels.clampValues(address(x), address(y), sizeOf(x.shape), clipValueMin, clipValueMax);
  return y;
}

/** `Relu6` on wasm, which keeps NaN too. x is float32. */
export const relu6 = (call: KernelCall<'x'>): TensorInfo =>
  clipByValue({ ...call, attrs: { clipValueMin: 0, clipValueMax: 6 } });
