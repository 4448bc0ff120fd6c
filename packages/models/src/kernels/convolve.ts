import { backend_util, conv2d, type Tensor4D } from '@tensorflow/tfjs-core';

/** Zeros around an image: none, so many that stride 1 keeps its size, or this many on each side. */
export type Padding = 'valid' | 'same' | number;

/** The strides and padding of a convolution, equal along height and width. */
export interface ConvolutionWindow {
  readonly strides: number;
  readonly padding: Padding;
}

/** Explicit padding of an NHWC image, as TensorFlow.js writes it. */
type ExplicitPadding = [[number, number], [number, number], [number, number], [number, number]];

/**
 * Convolution of `[batch, height, width, inputChannels]` with a filter `[size, size, inputChannels, outputChannels]`:
 * y[n, i, j, o] = Σ x[n, s·i + k − p, s·j + l − p, c] f[k, l, c, o], float32.
 */
export const convolve = (x: Tensor4D, filter: Tensor4D, { strides, padding }: ConvolutionWindow): Tensor4D =>
  conv2d(x, filter, strides, padding);

/** The rows and columns of zeros that a convolution puts around its input. */
export function paddingOf(
  inputShape: Tensor4D['shape'],
  filterShape: Tensor4D['shape'],
  { strides, padding }: ConvolutionWindow,
): backend_util.PadInfo {
  return backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, padding).padInfo;
}

/** `padding` argument of `conv2d` for rows and columns given one by one. */
export const explicitPadding = (
  top: number,
  bottom: number,
  left: number,
  right: number,
): ExplicitPadding | 'valid' =>
  top + bottom + left + right === 0
    ? 'valid'
    : [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ];
