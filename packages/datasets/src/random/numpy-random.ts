import { describeValue } from '@metadistill/options';
import {
  type MersenneTwister,
  type MersenneTwisterState,
  mersenneTwister,
  restoreMersenneTwister,
} from './mersenne-twister.js';

/** Where a stream stands, the normal number it holds back included; survives JSON. */
export interface NumpyRandomState {
  readonly twister: MersenneTwisterState;
  readonly cachedNormal: number | null;
}

/** NumPy's legacy random stream. Drawing moves it. */
export interface NumpyRandom {
  /** The next number of U[low, high), float64, as `numpy.random.uniform(low, high)`. */
  uniform(low: number, high: number): number;
  /** The next number of N(0, 1), float64, as `numpy.random.randn()`. */
  standardNormal(): number;
  state(): NumpyRandomState;
}

/**
 * The stream that `numpy.random.seed(seed)` starts: equal bit for bit in `uniform`; in `standardNormal` equal up to
 * the last bit of the platform's logarithm.
 *
 * @param seed an integer, 0 to 2³² − 1, as NumPy demands.
 * @throws RangeError for another seed.
 */
export function numpyRandom(seed: number): NumpyRandom {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new RangeError(
      `numpyRandom: seed is ${describeValue(seed)}; expected an integer, 0 to 2^32 - 1. Choose another.`,
    );
  }
  return stream(mersenneTwister(seed), null);
}

/** A stream that continues from `state`. */
export function restoreNumpyRandom(state: NumpyRandomState): NumpyRandom {
  return stream(restoreMersenneTwister(state?.twister, 'restoreNumpyRandom'), state.cachedNormal);
}

function stream(twister: MersenneTwister, initialCache: number | null): NumpyRandom {
  let cachedNormal = initialCache;

  // 53 bits: the high 27 of one word, then the high 26 of the next.
  function unit(): number {
    const high = twister.uint32() >>> 5;
    const low = twister.uint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  return {
    uniform: (low, high) => low + (high - low) * unit(),

    // Marsaglia's polar method gives two normal numbers at a time; NumPy returns the second one first.
    standardNormal() {
      if (cachedNormal !== null) {
        const normal = cachedNormal;
        cachedNormal = null;
        return normal;
      }
      let first: number;
      let second: number;
      let squaredRadius: number;
      do {
        first = 2 * unit() - 1;
        second = 2 * unit() - 1;
        squaredRadius = first * first + second * second;
      } while (squaredRadius >= 1 || squaredRadius === 0);
      const scale = Math.sqrt((-2 * Math.log(squaredRadius)) / squaredRadius);
      cachedNormal = scale * first;
      return scale * second;
    },

    state: () => ({ twister: twister.state(), cachedNormal }),
  };
}
