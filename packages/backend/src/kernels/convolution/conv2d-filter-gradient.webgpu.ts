import { backend_util, conv2d, slice, type Tensor4D, tidy, transpose } from '@tensorflow/tfjs-core';
import { checkShape, checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import type { FilterGradientAttributes } from './conv2d-filter-gradient.js';

type Shape = Tensor4D['shape'];

/**
 * `Conv2DBackpropFilter` on WebGPU, as a forward convolution: ∂f[k, l, c, o] = Σ x[n, s·i + k − p, s·j + l − p, c] dy[n, i, j, o].
 *
 * Channels play the examples, examples the channels, dy the filter, and its stride becomes a dilation; rows and columns
 * beyond the filter's size come from input that the strides never reached. WebGPU's own kernel gives every value of
 * the filter to one thread, which walks all pixels of the batch.
 *
 * @returns a tensor of shape `filterShape`.
 * @throws TypeError or RangeError if dtypes, ranks or shapes do not fit.
 */
export function filterGradientOnWebgpu({
  inputs,
  attrs,
}: KernelCall<'x' | 'dy', FilterGradientAttributes>): Tensor4D {
  const { x, dy } = inputs as { readonly x: Tensor4D; readonly dy: Tensor4D };
  const { strides, pad, dimRoundingMode } = attrs;
  const filterShape = attrs.filterShape as Shape;
  checkTensor('conv2dFilterGradient', 'x', x, 'float32', 4);
  checkTensor('conv2dFilterGradient', 'dy', dy, 'float32', 4);
  const { padInfo, outShape, outHeight, outWidth } = backend_util.computeConv2DInfo(
    x.shape,
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  checkShape('conv2dFilterGradient', 'dy', dy, outShape);
  const { top, left } = padInfo;
  const [down, across] = typeof strides === 'number' ? [strides, strides] : strides;
  // As far as the last window reaches: for a number and an oblong filter TensorFlow.js counts too few zeros.
  const bottom = Math.max(0, (outHeight - 1) * down + filterShape[0] - x.shape[1] - top);
  const right = Math.max(0, (outWidth - 1) * across + filterShape[1] - x.shape[2] - left);
  return tidy(() => {
    const full: Tensor4D = conv2d(
      transpose(x, [3, 1, 2, 0]), // [inputChannels, height, width, batch]
      transpose(dy, [1, 2, 0, 3]), // [outputHeight, outputWidth, batch, outputChannels]
      1,
      [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ],
      'NHWC',
      strides,
    );
    return slice(transpose(full, [1, 2, 0, 3]), [0, 0, 0, 0], filterShape);
  });
}
