import { conv2d, reverse, type Tensor4D, tidy, transpose } from '@tensorflow/tfjs-core';
import { hasFastConvolutionGradients, padConvolutionGradients } from './fast-convolution-gradients.js';
import { cropImage, explicitPadding, isDilated, paddedShape, sidesOf, type Windows } from './padding.js';
import { runKernel } from './run-fused.js';

/**
 * The derivative of ⟨dy, convolve(x, f)⟩ by x.
 *
 * At stride 1 it is the convolution of dy with f turned by 180° and its channels exchanged, padded to the full size.
 */
export const inputGradient = (
  dy: Tensor4D,
  filter: Tensor4D,
  inputShape: Tensor4D['shape'],
  windows: Windows,
): Tensor4D =>
  tidy(() => {
    const { strides, dilations } = windows;
    const sides = sidesOf(inputShape, filter.shape, windows);
    const pads = padConvolutionGradients();
    // Strides above 1 exclude dilations, which only our own kernels have.
    const hasKernel = hasFastConvolutionGradients() && (pads || !isDilated(windows));
    if (hasKernel || Math.max(...strides) > 1) {
      const attributes = {
        strides,
        dilations,
        pad: pads ? explicitPadding(sides) : 'valid',
        dataFormat: 'NHWC',
        inputShape: pads ? inputShape : paddedShape(inputShape, sides),
      };
      const [gradient] = runKernel('Conv2DBackpropInput', { dy, filter }, attributes) as [Tensor4D];
      return pads ? gradient : cropImage(gradient, sides, inputShape);
    }
    const [rows, columns] = dilations.map((dilation, axis) => dilation * (filter.shape[axis]! - 1));
    const { top, bottom, left, right } = sides;
    return conv2d(
      dy,
      transpose(reverse(filter, [0, 1]), [0, 1, 3, 2]) as Tensor4D,
      1,
      explicitPadding({
        top: rows! - top,
        bottom: rows! - bottom,
        left: columns! - left,
        right: columns! - right,
      }),
      'NHWC',
      [...dilations],
    );
  });
