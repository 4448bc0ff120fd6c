import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { wasmHost } from '../call/array-host.js';
import { checkNumbers, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

/** Attributes of `ClipByValue`. */
export interface ClipAttributes {
  readonly clipValueMin: number;
  readonly clipValueMax: number;
}

/**
 * `ClipByValue` on wasm, in place of TensorFlow.js' own, for which a NaN is the lower bound; here it stays. Stock also takes the
 * bits of int32 for float32, and writes beyond a bool. x is of any dtype but string.
 */
export function clipByValue({
  inputs: { x },
  attrs: { clipValueMin, clipValueMax },
  backend,
}: KernelCall<'x', ClipAttributes>): TensorInfo {
  checkNumbers('clipByValue', { clipValueMin, clipValueMax });
  if (x.dtype !== 'float32') {
    const host = wasmHost(backend);
    const y = host.make(x.shape, x.dtype);
    const clamp = (value: number) => Math.min(Math.max(value, clipValueMin), clipValueMax);
    const [from, to] = [host.bits(x), host.bits(y)];
    for (let i = 0; i < to.length; i++) to[i] = clamp(from[i]!);
    return y;
  }
  const { kernels, address, makeOutput } = runtimeOf(backend);
  const y = makeOutput(x.shape, 'float32');
  kernels.clampValues(address(x), address(y), sizeOf(x.shape), clipValueMin, clipValueMax);
  return y;
}

/** `Relu6` on wasm, which keeps NaN too. x is of any dtype but string. */
export const relu6 = (call: KernelCall<'x'>): TensorInfo =>
  clipByValue({ ...call, attrs: { clipValueMin: 0, clipValueMax: 6 } });
