import { conv2d, type Tensor1D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { explicitPadding, type Padding, sidesOf } from './padding.js';
import { addPerChannel } from './per-channel.js';
import { runFused } from './run-fused.js';

/** The strides and padding of a convolution, equal along height and width. */
export interface ConvolutionWindow {
  readonly strides: number;
  readonly padding: Padding;
}

/**
 * Convolution of `[batch, height, width, inputChannels]` with a filter `[size, size, inputChannels, outputChannels]`:
 * y[n, i, j, o] = Σ x[n, s·i + k − p, s·j + l − p, c] f[k, l, c, o], float32.
 *
 * Zeros are counted here: given `same`, wasm returns zeros where strides above the filter's size leave none to add.
 */
export const convolve = (x: Tensor4D, filter: Tensor4D, { strides, padding }: ConvolutionWindow): Tensor4D =>
  conv2d(x, filter, strides, explicitPadding(sidesOf(x.shape, filter.shape, strides, padding)));

/** `convolve` plus a bias `[outputChannels]`; without one if it is undefined. */
export function convolveWithBias(
  x: Tensor4D,
  filter: Tensor4D,
  bias: Tensor1D | undefined,
  window: ConvolutionWindow,
): Tensor4D {
  if (bias === undefined) return convolve(x, filter, window);
  const { strides, padding } = window;
  const fused = runFused(
    'MetadistillConv2DWithBias',
    { x, filter, bias },
    {
      strides,
      pad: explicitPadding(sidesOf(x.shape, filter.shape, strides, padding)),
      dataFormat: 'NHWC',
      dilations: 1,
    },
  );
  return (fused?.[0] ?? tidy(() => addPerChannel(convolve(x, filter, window), bias))) as Tensor4D;
}
