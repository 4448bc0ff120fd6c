import { conv2d, slice, type Tensor4D, tidy, transpose } from '@tensorflow/tfjs-core';
import type { ConvolutionWindow } from './convolve.js';
import { hasFastConvolutionGradients, padConvolutionGradients } from './fast-convolution-gradients.js';
import { explicitPadding, padImage, sidesOf } from './padding.js';
import { runKernel } from './run-fused.js';

/**
 * The derivative of ⟨dy, convolve(x, f)⟩ by f: ∂f[k, l, c, o] = Σ x[n, s·i + k − p, s·j + l − p, c] dy[n, i, j, o].
 *
 * Read as a convolution, channels play the examples, examples the channels, dy the filter, and its stride becomes a
 * dilation; rows and columns beyond the filter's size come from input that the strides never reached.
 */
export const filterGradient = (
  x: Tensor4D,
  dy: Tensor4D,
  filterShape: Tensor4D['shape'],
  { strides, padding }: ConvolutionWindow,
): Tensor4D =>
  tidy(() => {
    const sides = sidesOf(x.shape, filterShape, strides, padding);
    if (hasFastConvolutionGradients()) {
      const pads = padConvolutionGradients();
      const inputs = { x: pads ? x : padImage(x, sides), dy };
      const attributes = {
        strides: [strides, strides],
        pad: pads ? explicitPadding(sides) : 'valid',
        dataFormat: 'NHWC',
        filterShape,
      };
      return runKernel('Conv2DBackpropFilter', inputs, attributes)[0] as Tensor4D;
    }
    const full: Tensor4D = conv2d(
      transpose(x, [3, 1, 2, 0]), // [inputChannels, height, width, batch]
      transpose(dy, [1, 2, 0, 3]), // [outputHeight, outputWidth, batch, outputChannels]
      1,
      explicitPadding(sides),
      'NHWC',
      strides,
    );
    return slice(transpose(full, [1, 2, 0, 3]), [0, 0, 0, 0], filterShape);
  });
