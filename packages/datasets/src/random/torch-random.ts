import { describeValue } from '@metadistill/options';
import {
  type MersenneTwister,
  type MersenneTwisterState,
  mersenneTwister,
  restoreMersenneTwister,
} from './mersenne-twister.js';

/** Where a stream stands; survives JSON. */
export type TorchRandomState = MersenneTwisterState;

/** PyTorch's random stream on a CPU. Drawing moves it. */
export interface TorchRandom {
  /** The next number of U[low, high), rounded to float32, as `tensor.uniform_(low, high)` fills a float32 tensor. */
  uniform(low: number, high: number): number;
  /** The next integer of low..high-1, as `torch.randint(low, high, (1,))`; at most 2³² − 1 of them. */
  integer(low: number, high: number): number;
  /** 0..count-1 in random order, int32, as `torch.randperm(count)`. */
  permutation(count: number): Int32Array;
  state(): TorchRandomState;
}

/**
 * The stream that `torch.manual_seed(seed)` starts on a CPU with fused multiply-add (x86 since 2013, ARM).
 *
 * @param seed any safe integer; only its low 32 bits count, as in PyTorch.
 * @throws RangeError if the seed is not a safe integer.
 */
export function torchRandom(seed: number): TorchRandom {
  return stream(mersenneTwister(seed, 'torchRandom'));
}

/** A stream that continues from `state`. */
export function restoreTorchRandom(state: TorchRandomState): TorchRandom {
  return stream(restoreMersenneTwister(state, 'restoreTorchRandom'));
}

function stream(twister: MersenneTwister): TorchRandom {
  return {
    uniform(low, high) {
      const start = Math.fround(low);
      const width = Math.fround(Math.fround(high) - start);
      // The product of two 24-bit numbers is exact in a double, so that only the sum is rounded, as by an FMA.
      return Math.fround((twister.uint32() & 0xffffff) * 2 ** -24 * width + start);
    },

    integer(low, high) {
      const range = high - low;
      if (!Number.isSafeInteger(low) || !Number.isInteger(range) || range < 1 || range >= 2 ** 32) {
        throw new RangeError(
          `integer: low and high are ${low} and ${high}; expected integers, low < high < low + 2^32. The high end is left out.`,
        );
      }
      return low + (twister.uint32() % range);
    },

    permutation(count) {
      if (!Number.isInteger(count) || count < 0 || count > 2 ** 31 - 1) {
        throw new RangeError(
          `permutation: count is ${describeValue(count)}; expected an integer, 0 to 2^31 - 1. Pass a number of examples.`,
        );
      }
      const order = new Int32Array(count);
      for (let i = 0; i < count; i++) order[i] = i;
      for (let i = 0; i < count - 1; i++) {
        const j = i + (twister.uint32() % (count - i));
        const swapped = order[i] as number;
        order[i] = order[j] as number;
        order[j] = swapped;
      }
      return order;
    },

    state: () => twister.state(),
  };
}
