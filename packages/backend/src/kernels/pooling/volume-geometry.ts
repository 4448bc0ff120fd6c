import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelExports } from '../../generated/kernel-exports.js';
import { checkShape, checkSizes, checkTensor, shown } from '../call/checks.js';
import { checkPadding, checkRounding, type Padding, perAxis } from '../call/window-checks.js';

/** Attributes that TensorFlow.js' pooling kernels share, 2-D and 3-D. */
export interface TfjsPoolAttributes {
  readonly filterSize: number | readonly number[];
  readonly strides: number | readonly number[];
  readonly pad: Padding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil' | undefined;
}

/** The sizes that every kernel of volumes takes after its addresses: images, then depth, height and width of each. */
export type VolumeGeometry =
  Parameters<KernelExports['averagePool']> extends [number, number, ...infer Sizes] ? Readonly<Sizes> : never;

/** In a window. */
const mostPositions = 2 ** 31;

/** The windows along one axis: window i begins at i · stride − before and is clipped to the `length` positions. */
interface Axis {
  readonly length: number;
  readonly size: number;
  readonly stride: number;
  readonly before: number;
  readonly count: number;
}

/**
 * The windows of a pooling of `[batch, height, width, channels]`, or `[batch, depth, height, width, channels]`, by the
 * definitions of TensorFlow: `same` pads by max(0, (count − 1) · stride + size − length), the smaller half before. If `pad`
 * is a number, TensorFlow.js takes both sizes of a pooled image from the height and vertical stride of the window; so do we.
 *
 * @throws TypeError or RangeError if the input has another rank, sizes or strides are not whole numbers from 1, the padding
 * is none, or a window has no position in the image.
 */
export function volumeGeometry(
  kernel: string,
  shape: readonly number[],
  attributes: TfjsPoolAttributes,
): { readonly geometry: VolumeGeometry; readonly outputShape: readonly number[] } {
  const rank = shape?.length === 5 ? 3 : 2;
  checkSizes(kernel, 'the input', shape, rank + 2, 0);
  const sizes = perAxis(kernel, 'filterSize', attributes.filterSize, rank);
  const strides = perAxis(kernel, 'strides', attributes.strides, rank);
  checkPadding(kernel, attributes.pad, rank + 2);
  checkRounding(kernel, attributes.dimRoundingMode);
  const axes = shape.slice(1, -1).map((length, i) => axisOf(length, i, sizes, strides, attributes));
  const [batch, channels] = [shape[0]!, shape[rank + 1]!];
  for (const { length, size, stride, before, count } of axes) {
    if (count > 0 && before < size && (count - 1) * stride - before < length) continue;
    throw new RangeError(
      `${kernel}: a window of ${axes.map((axis) => axis.size).join(' × ')} with this padding does not meet the images of ` +
        `${shown(shape)} everywhere; expected one that does. Use a smaller window or less padding.`,
    );
  }
  // A kernel counts the positions of a window in 32 bits.
  if (sizes.reduce((positions, size) => positions * size) >= mostPositions) {
    throw new RangeError(
      `${kernel}: filterSize is ${shown(sizes)}; expected fewer than ${mostPositions} positions in a window.`,
    );
  }
  // An image is a volume of one plane.
  const [z, y, x] = (
    rank === 3 ? axes : [{ length: 1, size: 1, stride: 1, before: 0, count: 1 }, ...axes]
  ) as [Axis, Axis, Axis];
  const each = (key: keyof Axis) => [z[key], y[key], x[key]] as const;
  return {
    geometry: [
      batch,
      ...each('length'),
      channels,
      ...each('size'),
      ...each('stride'),
      ...each('before'),
      ...each('count'),
    ],
    outputShape: [batch, ...axes.map(({ count }) => count), channels],
  };
}

/**
 * The same for a gradient, from the input and what comes back to it.
 *
 * @throws TypeError or RangeError as `volumeGeometry`, and if dy is not of the output's shape.
 */
export function gradientGeometry(
  kernel: string,
  { dy, input }: { readonly dy: TensorInfo; readonly input: TensorInfo },
  attributes: TfjsPoolAttributes,
): ReturnType<typeof volumeGeometry> {
  const windows = volumeGeometry(kernel, input.shape, attributes);
  checkTensor(kernel, 'dy', dy, 'float32');
  checkShape(kernel, 'dy', dy, windows.outputShape);
  return windows;
}

function axisOf(
  length: number,
  i: number,
  sizes: readonly number[],
  strides: readonly number[],
  { pad, dimRoundingMode }: TfjsPoolAttributes,
): Axis {
  const [size, stride] = [sizes[i]!, strides[i]!];
  if (pad === 'same') {
    const count = Math.ceil(length / stride);
    const before = Math.max(0, (count - 1) * stride + size - length) >> 1;
    return { length, size, stride, before, count };
  }
  if (pad === 'valid') {
    return { length, size, stride, before: 0, count: Math.floor((length - size) / stride) + 1 };
  }
  const [before, after] = typeof pad === 'number' ? [pad, pad] : pad[i + 1]!;
  const counting = typeof pad === 'number' && sizes.length === 2 ? 0 : i;
  const round = Math[dimRoundingMode ?? 'floor'];
  const count = round((length - sizes[counting]! + before + after) / strides[counting]!) + 1;
  return { length, size, stride, before, count };
}
