import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkTensor, shown, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { addRows } from './reduce-rows.js';

/** Attributes of `MetadistillSumPerChannel`. */
interface SumAttributes {
  /** The sum is zero but for rounding, as of a cotangent that comes back through a batch norm. */
  readonly isZero?: boolean;
}

/**
 * `MetadistillSumPerChannel` on wasm: the sum over all axes but the last, such as the gradient of a bias.
 *
 * One that `isZero` is zeros in `fast` arithmetic, and what adding gives in `direct`.
 *
 * `x` is float32 `[..., channels]`, with at least one channel.
 *
 * @returns `[channels]`.
 * @throws TypeError or RangeError if x is not float32 or has no channel.
 */
export function sumPerChannel({
  inputs: { x },
  attrs,
  backend,
}: KernelCall<'x', SumAttributes | undefined>): TensorInfo {
  checkTensor('sumPerChannel', 'x', x, 'float32');
  const channels = x.shape.at(-1) ?? 0;
  if (channels === 0) {
    throw new RangeError(
      `sumPerChannel: x has shape ${shown(x.shape)}; expected [..., channels] with channels.`,
    );
  }
  const runtime = runtimeOf(backend);
  const { kernels, address, arithmetic, makeOutput } = runtime;
  const sums = makeOutput([channels], 'float32');
  if (attrs?.isZero && arithmetic === 'fast') kernels.zero(address(sums), 4 * channels);
  else {
    addRows(runtime, {
      kernel: 'channelSums',
      rows: sizeOf(x.shape) / channels,
      channels,
      costOfFloat: 4,
      to: [address(sums)],
      job: ({ from, count }, [to], step) => [
        address(x) + 4 * from * channels,
        count,
        channels,
        to as number,
        step,
      ],
    });
  }
  return sums;
}
