import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkTensor, shown, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

/**
 * `MetadistillSumPerChannel` on wasm: the sum over all axes but the last, such as the gradient of a bias.
 *
 * `x` is float32 `[..., channels]`, with at least one channel.
 *
 * @returns `[channels]`.
 * @throws TypeError or RangeError if x is not float32 or has no channel.
 */
export function sumPerChannel({ inputs: { x }, backend }: KernelCall<'x'>): TensorInfo {
  checkTensor('sumPerChannel', 'x', x, 'float32');
  const channels = x.shape.at(-1) ?? 0;
  if (channels === 0) {
    throw new RangeError(
      `sumPerChannel: x has shape ${shown(x.shape)}; expected [..., channels] with channels.`,
    );
  }
  const { kernels, address, makeOutput } = runtimeOf(backend);
  const sums = makeOutput([channels], 'float32');
  kernels.channelSums(address(x), sizeOf(x.shape) / channels, channels, address(sums));
  return sums;
}
