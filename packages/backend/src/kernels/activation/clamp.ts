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
  if (typeof clipValueMin !== 'number' || typeof clipValueMax !== 'number') {
    checkNumbers('clipByValue', { clipValueMin, clipValueMax });
  }
  return clamp(x, clipValueMin, clipValueMax, backend);
}

/** `Relu6` on wasm, which keeps NaN too. x is of any dtype but string. */
export const relu6 = ({ inputs: { x }, backend }: KernelCall<'x'>): TensorInfo => clamp(x, 0, 6, backend);

function clamp(x: TensorInfo, low: number, high: number, backend: unknown): TensorInfo {
  if (x.dtype !== 'float32') return clampBits(x, low, high, backend);
  const runtime = runtimeOf(backend);
  const y = runtime.makeOutput(x.shape, 'float32');
  runtime.kernels.clampValues(runtime.address(x), runtime.address(y), sizeOf(x.shape), low, high);
  return y;
}

function clampBits(x: TensorInfo, low: number, high: number, backend: unknown): TensorInfo {
  const host = wasmHost(backend);
  const y = host.make(x.shape, x.dtype);
  const [from, to] = [host.bits(x), host.bits(y)];
  for (let i = 0; i < to.length; i++) to[i] = Math.min(Math.max(from[i]!, low), high);
  return y;
}
