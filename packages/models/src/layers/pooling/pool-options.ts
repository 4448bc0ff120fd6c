import { describeValue } from '@metadistill/options';
import { type Pooling, windowsAlong } from '../../kernels/pooling/windows.js';
import { formatBatchShape } from '../../shapes.js';
import type { LayerOptions } from '../../types.js';

/** Options of a pooling layer; `Size` is of one axis for each side. */
export interface PoolOptions<Size> extends LayerOptions {
  /** Sides of the windows. */
  readonly poolSize: Size;
  /** From one window to the next. Default: `poolSize`, so that windows lie side by side. */
  readonly strides?: Size;
  /**
   * `valid` (the default) leaves out what fills no window, `same` has ⌈side / stride⌉ windows along a side; those at the
   * edge may stand out of the image, and only what they have in it counts.
   */
  readonly padding?: 'valid' | 'same';
}

/** Every one of them, for `checkOptions`. */
export const poolOptions = { poolSize: true, strides: true, padding: true, name: true } as const;

/** The windows of a pooling layer, checked, and one example's shape after it. */
export interface CheckedPool {
  readonly pooling: Pooling;
  outputShape(inputShape: readonly number[]): readonly number[];
}

/**
 * @param sides names of the sides: `['height', 'width']`.
 * @throws RangeError if a size is not a positive integer, or there is no such padding.
 */
export function checkPool(
  name: string,
  options: PoolOptions<number | readonly number[]>,
  sides: readonly string[],
): CheckedPool {
  const { poolSize, strides = poolSize, padding = 'valid' } = options;
  if (padding !== 'valid' && padding !== 'same') {
    throw new RangeError(`${name}: padding is ${describeValue(padding)}; expected 'valid' or 'same'.`);
  }
  const pooling = {
    poolSize: sizesAlong(name, 'poolSize', poolSize, sides),
    strides: sizesAlong(name, 'strides', strides, sides),
    padding,
  };
  return {
    pooling,
    outputShape(inputShape) {
      const shown = `${name}: input has shape ${formatBatchShape(inputShape)}`;
      if (inputShape.length !== sides.length + 1) {
        throw new RangeError(`${shown}; expected ${formatBatchShape([...sides, 'channels'])}.`);
      }
      const lengths = inputShape.slice(0, -1);
      if (padding === 'valid' && lengths.some((length, i) => length < pooling.poolSize[i]!)) {
        throw new RangeError(
          `${shown}; expected ${sides.join(' and ')} of at least ${[...new Set(pooling.poolSize)].join(' and ')}. Take larger images or pool less.`,
        );
      }
      return [...windowsAlong(lengths, pooling).map(({ count }) => count), inputShape.at(-1)!];
    },
  };
}

function sizesAlong(
  name: string,
  option: string,
  size: number | readonly number[],
  sides: readonly string[],
): readonly number[] {
  const sizes: readonly number[] = Array.isArray(size) ? size : sides.map(() => size as number);
  if (sizes.length === sides.length && sizes.every((each) => Number.isInteger(each) && each > 0))
    return sizes;
  throw new RangeError(
    `${name}: ${option} is ${describeValue(size)}; expected a positive integer, or one for each of [${sides.join(', ')}].`,
  );
}
