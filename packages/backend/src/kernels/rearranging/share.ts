import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmBackend } from '../../wasm/wasm-backend.js';
import type { KernelCall } from '../call/kernel-call.js';

/**
 * `Identity` on wasm, and `Cast` to the dtype that x has: another tensor of the same memory, as `Reshape` makes it.
 *
 * TensorFlow.js copies the values, and does so for every tensor that a gradient saves.
 */
export function share({ inputs: { x }, backend }: KernelCall<'x'>): TensorInfo {
  (backend as WasmBackend).incRef(x.dataId);
  return { dataId: x.dataId, shape: [...x.shape], dtype: x.dtype };
}
