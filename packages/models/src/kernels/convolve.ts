import { conv2d, type Tensor1D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { explicitPadding, sidesOf, type Windows } from './padding.js';
import { addPerChannel } from './per-channel.js';
import { runFused } from './run-fused.js';

/**
 * Convolution of `[batch, height, width, inputChannels]` with a filter `[rows, columns, inputChannels, outputChannels]`:
 * y[n, i, j, o] = Σ x[n, s·i + d·k − p, s·j + d·l − p, c] f[k, l, c, o], float32, with strides s and dilations d.
 *
 * Zeros are counted here: given `same`, wasm returns zeros where strides above the filter's size leave none to add.
 */
export const convolve = (x: Tensor4D, filter: Tensor4D, windows: Windows): Tensor4D => {
  const pad = explicitPadding(sidesOf(x.shape, filter.shape, windows));
  return conv2d(x, filter, [...windows.strides], pad, 'NHWC', [...windows.dilations]);
};

/** `convolve` plus a bias `[outputChannels]`; without one if it is undefined. */
export function convolveWithBias(
  x: Tensor4D,
  filter: Tensor4D,
  bias: Tensor1D | undefined,
  windows: Windows,
): Tensor4D {
  if (bias === undefined) return convolve(x, filter, windows);
  const { strides, dilations } = windows;
  const fused = runFused(
    'MetadistillConv2DWithBias',
    { x, filter, bias },
    {
      strides,
      pad: explicitPadding(sidesOf(x.shape, filter.shape, windows)),
      dataFormat: 'NHWC',
      dilations,
    },
  );
  return (fused?.[0] ?? tidy(() => addPerChannel(convolve(x, filter, windows), bias))) as Tensor4D;
}
