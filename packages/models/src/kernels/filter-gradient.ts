import { conv2d, slice, type Tensor4D, tidy, transpose } from '@tensorflow/tfjs-core';
import { type ConvolutionWindow, explicitPadding, paddingOf } from './convolve.js';
import { hasFastConvolutionGradients } from './fast-convolution-gradients.js';
import { runKernel } from './run-fused.js';

/**
 * The derivative of ⟨dy, convolve(x, f)⟩ by f: ∂f[k, l, c, o] = Σ x[n, s·i + k − p, s·j + l − p, c] dy[n, i, j, o].
 *
 * Read as a convolution, channels play the examples, examples the channels, dy the filter, and its stride becomes a
 * dilation; rows and columns beyond the filter's size come from input that the strides never reached.
 */
export function filterGradient(
  x: Tensor4D,
  dy: Tensor4D,
  filterShape: Tensor4D['shape'],
  window: ConvolutionWindow,
): Tensor4D {
  const { strides, padding: pad } = window;
  if (hasFastConvolutionGradients()) {
    const attributes = { strides: [strides, strides], pad, dataFormat: 'NHWC', filterShape };
    const [gradient] = runKernel('Conv2DBackpropFilter', { x, dy }, attributes);
    return gradient as Tensor4D;
  }
  return tidy(() => {
    const { top, bottom, left, right } = paddingOf(x.shape, filterShape, window);
    const full: Tensor4D = conv2d(
      transpose(x, [3, 1, 2, 0]), // [inputChannels, height, width, batch]
      transpose(dy, [1, 2, 0, 3]), // [outputHeight, outputWidth, batch, outputChannels]
      1,
      explicitPadding(top, bottom, left, right),
      'NHWC',
      strides,
    );
    return slice(transpose(full, [1, 2, 0, 3]), [0, 0, 0, 0], filterShape);
  });
}
