import { pad, slice, type Tensor } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../shapes.js';
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

/** Images moved by `offsets` into frames of `sides`: cut, and filled up. */
export function framed<Images extends Tensor>(
  images: Images,
  offsets: readonly number[],
  sides: readonly number[],
  filler = 0,
): Images {
  const axes = offsets.map((offset, i) => {
    const [length, side] = [images.shape[i + 1]!, sides[i]!];
    const [from, to] = [Math.max(0, -offset), Math.min(length, side - offset)];
    return { from, kept: to - from, margins: [Math.max(0, offset), Math.max(0, side - offset - length)] };
  });
  const [batch, channels] = [images.shape[0]!, images.shape.at(-1)!];
  const shape = [batch, ...axes.map(({ kept }) => kept), channels];
  const isWhole = sizeOf(shape) === images.size;
  const kept = isWhole ? images : slice(images, [0, ...axes.map(({ from }) => from), 0], shape);
  const margins = axes.map(({ margins }) => margins as [number, number]);
  if (margins.flat().every((margin) => margin === 0)) return kept as Images;
  return pad(kept, [[0, 0], ...margins, [0, 0]], filler) as Images;
}
