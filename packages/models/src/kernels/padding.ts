import { backend_util, pad, slice, type Tensor4D } from '@tensorflow/tfjs-core';

/** Zeros around an image: none, so many that stride 1 keeps its size, or this many on each side. */
export type Padding = 'valid' | 'same' | number;

/** Rows and columns of zeros around an image. */
export interface Sides {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

type Shape = Tensor4D['shape'];

/** How windows of a filter lie over an image, along height and width. */
export interface Windows {
  readonly strides: readonly [height: number, width: number];
  /** Steps between the taps of a filter; 1 if the strides are not. */
  readonly dilations: readonly [height: number, width: number];
  /** Zeros around the image; a pair is of so many on each side. */
  readonly padding: Padding | readonly [height: number, width: number];
}

/** What a padding comes to for an input and a filter. */
export function sidesOf(
  inputShape: Shape,
  filterShape: Shape,
  { strides, dilations, padding }: Windows,
): Sides {
  const { top, bottom, left, right } = backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    [...strides],
    [...dilations],
    typeof padding === 'object'
      ? pairs({ top: padding[0], bottom: padding[0], left: padding[1], right: padding[1] })
      : padding,
  ).padInfo;
  return { top, bottom, left, right };
}

/** Whether the taps of a filter have gaps between them. */
export const isDilated = ({ dilations: [height, width] }: Windows): boolean => height > 1 || width > 1;

/** `conv2d`'s argument for these zeros. */
export const explicitPadding = (sides: Sides): 'valid' | ReturnType<typeof pairs> =>
  isNone(sides) ? 'valid' : pairs(sides);

/** The shape of a padded image. */
export const paddedShape = (
  [batch, height, width, channels]: Shape,
  { top, bottom, left, right }: Sides,
): Shape => [batch, height + top + bottom, width + left + right, channels];

/** An image with its zeros; itself if there are none to add. */
export const padImage = (image: Tensor4D, sides: Sides): Tensor4D =>
  isNone(sides) ? image : pad(image, pairs(sides));

/** A padded image without its padding, in `shape`; itself if there is none. */
export const cropImage = (image: Tensor4D, sides: Sides, shape: Shape): Tensor4D =>
  isNone(sides) ? image : slice(image, [0, sides.top, sides.left, 0], shape);

const isNone = ({ top, bottom, left, right }: Sides): boolean => top + bottom + left + right === 0;

const pairs = ({
  top,
  bottom,
  left,
  right,
}: Sides): [[number, number], [number, number], [number, number], [number, number]] => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
];
