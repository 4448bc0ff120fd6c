import type { Attributes } from '../run-fused.js';

/** Windows over `[batch, ...sides, channels]`, with a size and a stride for each side. */
export interface Pooling {
  readonly poolSize: readonly number[];
  /** From one window to the next. */
  readonly strides: readonly number[];
  /** `valid` leaves out what fills no window; `same` has a window for every stride, which may stand out of the image. */
  readonly padding: 'valid' | 'same';
}

/** The windows along one side: number i begins at i · stride − before. */
export interface WindowAxis {
  readonly length: number;
  readonly size: number;
  readonly stride: number;
  readonly before: number;
  readonly count: number;
}

/** Square windows side by side over images. */
export const squares = (size: number): Pooling => ({
  poolSize: [size, size],
  strides: [size, size],
  padding: 'valid',
});

/** The same over images, if windows have one side: of one row. */
export const overImages = ({ poolSize, strides, padding }: Pooling): Pooling =>
  poolSize.length > 1
    ? { poolSize, strides, padding }
    : { poolSize: [1, ...poolSize], strides: [1, ...strides], padding };

/** The same for kernels of pooling, ours and those of TensorFlow.js. */
export const attributesOf = ({ poolSize, strides, padding }: Pooling): Attributes => ({
  filterSize: poolSize,
  strides,
  pad: padding,
});

/** How windows lie along each side, by the definitions of TensorFlow: the smaller half of what stands out comes first. */
export const windowsAlong = (sides: readonly number[], pooling: Pooling): WindowAxis[] =>
  sides.map((length, i) => {
    const [size, stride] = [pooling.poolSize[i]!, pooling.strides[i]!];
    if (pooling.padding === 'valid') {
      return { length, size, stride, before: 0, count: Math.floor((length - size) / stride) + 1 };
    }
    const count = Math.ceil(length / stride);
    const before = Math.floor(Math.max(0, (count - 1) * stride + size - length) / 2);
    return { length, size, stride, before, count };
  });
