import { conv2d, reverse, type Tensor4D, tidy, transpose } from '@tensorflow/tfjs-core';
import type { ConvolutionWindow } from './convolve.js';
import { hasFastConvolutionGradients } from './fast-convolution-gradients.js';
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
      const attributes = {
        strides: [strides, strides],
        pad: 'valid',
        dataFormat: 'NHWC',
        inputShape: paddedShape(inputShape, sides),
      };
      const [gradient] = runKernel('Conv2DBackpropInput', { dy, filter }, attributes);
      return cropImage(gradient as Tensor4D, sides, inputShape);
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
