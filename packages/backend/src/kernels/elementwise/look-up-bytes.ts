import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkShape, checkTensor, shown, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

/**
 * `MetadistillLookUpBytes` on wasm: the float that stands for a byte in its channel, such as a normalised pixel.
 *
 * `bytes` is `[..., channels]` of 0 to 255, in a tensor of dtype bool, TensorFlow.js' only one of one byte per value;
 * `tables` is float32 `[channels, 256]`.
 *
 * @returns float32 of the shape of bytes.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export function lookUpBytes({
  inputs: { bytes, tables },
  backend,
}: KernelCall<'bytes' | 'tables'>): TensorInfo {
  checkTensor('lookUpBytes', 'bytes', bytes, 'bool');
  checkTensor('lookUpBytes', 'tables', tables, 'float32', 2);
  const channels = bytes.shape.at(-1) ?? 0;
  if (channels === 0) {
    throw new RangeError(
      `lookUpBytes: bytes has shape ${shown(bytes.shape)}; expected [..., channels] with channels.`,
    );
  }
  checkShape('lookUpBytes', 'tables', tables, [channels, 256]);
  const { kernels, address, makeOutput } = runtimeOf(backend);
  const out = makeOutput(bytes.shape, 'float32');
  kernels.lookUpBytes(address(bytes), address(tables), address(out), sizeOf(bytes.shape), channels);
  return out;
}
