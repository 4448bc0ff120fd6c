import { conv2d, reverse, type Tensor4D, tidy, transpose } from '@tensorflow/tfjs-core';
import type { ConvolutionWindow } from './convolve.js';
import { hasFastConvolutionGradients, padConvolutionGradients } from './fast-convolution-gradients.js';
import { cropImage, explicitPadding, paddedShape, sidesOf } from './padding.js';
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
  { strides, padding }: ConvolutionWindow,
): Tensor4D =>
  tidy(() => {
    const sides = sidesOf(inputShape, filter.shape, strides, padding);
    if (strides > 1 || hasFastConvolutionGradients()) {
      const pads = padConvolutionGradients();
      const attributes = {
        strides: [strides, strides],
        pad: pads ? explicitPadding(sides) : 'valid',
        dataFormat: 'NHWC',
        inputShape: pads ? inputShape : paddedShape(inputShape, sides),
      };
      const [gradient] = runKernel('Conv2DBackpropInput', { dy, filter }, attributes) as [Tensor4D];
      return pads ? gradient : cropImage(gradient, sides, inputShape);
    }
    const last = filter.shape[0] - 1;
    const { top, bottom, left, right } = sides;
    return conv2d(
      dy,
      transpose(reverse(filter, [0, 1]), [0, 1, 3, 2]) as Tensor4D,
      1,
      explicitPadding({
        top: last - top,
        bottom: last - bottom,
        left: last - left,
        right: last - right,
      }),
    );
  });
