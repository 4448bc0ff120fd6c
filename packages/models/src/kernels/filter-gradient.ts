import { conv2d, slice, type Tensor4D, tidy, transpose } from '@tensorflow/tfjs-core';
import { hasFastConvolutionGradients, padConvolutionGradients } from './fast-convolution-gradients.js';
import { explicitPadding, isDilated, padImage, sidesOf, type Windows } from './padding.js';
import { runKernel } from './run-fused.js';

/**
 * The derivative of ⟨dy, convolve(x, f)⟩ by f: ∂f[k, l, c, o] = Σ x[n, s·i + d·k − p, s·j + d·l − p, c] dy[n, i, j, o].
 *
 * Read as a convolution, channels play the examples, examples the channels, dy the filter, and strides and
 * dilations change places; rows and columns beyond the filter's size come from input that the strides never reached.
 */
export const filterGradient = (
  x: Tensor4D,
  dy: Tensor4D,
  filterShape: Tensor4D['shape'],
  windows: Windows,
): Tensor4D =>
  tidy(() => {
    const { strides, dilations } = windows;
    const sides = sidesOf(x.shape, filterShape, windows);
    const pads = padConvolutionGradients();
    if (hasFastConvolutionGradients() && (pads || !isDilated(windows))) {
      const inputs = { x: pads ? x : padImage(x, sides), dy };
      const attributes = {
        strides,
        dilations,
        pad: pads ? explicitPadding(sides) : 'valid',
        dataFormat: 'NHWC',
        filterShape,
      };
      return runKernel('Conv2DBackpropFilter', inputs, attributes)[0] as Tensor4D;
    }
    const full: Tensor4D = conv2d(
      transpose(x, [3, 1, 2, 0]), // [inputChannels, height, width, batch]
      transpose(dy, [1, 2, 0, 3]), // [outputHeight, outputWidth, batch, outputChannels]
      [...dilations],
      explicitPadding(sides),
      'NHWC',
      [...strides],
    );
    return slice(transpose(full, [1, 2, 0, 3]), [0, 0, 0, 0], filterShape);
  });
