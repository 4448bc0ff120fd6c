import { conv2d, reverse, type Tensor4D, tidy, transpose } from '@tensorflow/tfjs-core';
import { type ConvolutionWindow, explicitPadding, paddingOf } from './convolve.js';
import { hasFastConvolutionGradients } from './fast-convolution-gradients.js';
import { runKernel } from './run-fused.js';

/**
 * The derivative of ⟨dy, convolve(x, f)⟩ by x.
 *
 * At stride 1 it is the convolution of dy with f turned by 180° and its channels exchanged, padded to the full size.
 */
export function inputGradient(
  dy: Tensor4D,
  filter: Tensor4D,
  inputShape: Tensor4D['shape'],
  window: ConvolutionWindow,
): Tensor4D {
  const { strides, padding: pad } = window;
  if (strides > 1 || hasFastConvolutionGradients()) {
    const attributes = { strides: [strides, strides], pad, dataFormat: 'NHWC', inputShape };
    const [gradient] = runKernel('Conv2DBackpropInput', { dy, filter }, attributes);
    return gradient as Tensor4D;
  }
  return tidy(() => {
    const { top, bottom, left, right } = paddingOf(inputShape, filter.shape, window);
    const last = filter.shape[0] - 1;
    return conv2d(
      dy,
      transpose(reverse(filter, [0, 1]), [0, 1, 3, 2]) as Tensor4D,
      1,
      explicitPadding(last - top, last - bottom, last - left, last - right),
    );
  });
}
