import { backend_util, matMul, pad, reshape, stridedSlice, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { checkShape, checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import type { FilterGradientAttributes } from './conv2d-filter-gradient.js';
import { isChannelsLast } from './convolution-geometry.js';

type Shape = Tensor4D['shape'];
type Call = KernelCall<'x' | 'dy', FilterGradientAttributes>;

/** Whether the filter is a single pixel that steps over others: all that `pointwiseFilterGradient` computes. */
export function isStridedPointwise({ attrs }: Pick<Call, 'attrs'>): boolean {
  const { filterShape, strides } = attrs;
  const stride = typeof strides === 'number' ? strides : Math.max(...strides);
  return isChannelsLast(attrs) && filterShape[0] === 1 && filterShape[1] === 1 && stride > 1;
}

/**
 * `Conv2DBackpropFilter` on native TensorFlow for filters of one pixel and strides above 1, as a matrix product:
 * ∂f[c, o] = Σ x[n, s·i, s·j, c] dy[n, i, j, o].
 *
 * TensorFlow 2.21's own operation writes beyond its memory there, and ends the process, on processors with AVX-512. It
 * does not for larger filters, other passes, or without oneDNN.
 *
 * @returns a tensor of shape `filterShape`.
 * @throws TypeError or RangeError if dtypes, ranks or shapes do not fit.
 */
export function pointwiseFilterGradient({ inputs, attrs }: Call): Tensor4D {
  const { x, dy } = inputs as { readonly x: Tensor4D; readonly dy: Tensor4D };
  const filterShape = attrs.filterShape as Shape;
  checkTensor('conv2dFilterGradient', 'x', x, 'float32', 4);
  checkTensor('conv2dFilterGradient', 'dy', dy, 'float32', 4);
  const { padInfo, outShape, strideHeight, strideWidth, inChannels, outChannels } =
    backend_util.computeConv2DInfo(x.shape, filterShape, attrs.strides, 1, attrs.pad, attrs.dimRoundingMode);
  checkShape('conv2dFilterGradient', 'dy', dy, outShape);
  const { top, bottom, left, right } = padInfo;
  return tidy(() => {
    const padded = pad(x, [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]);
    const seen = stridedSlice(padded, [0, 0, 0, 0], padded.shape, [1, strideHeight, strideWidth, 1]);
    const gradient = matMul(reshape(seen, [-1, inChannels]), reshape(dy, [-1, outChannels]), true, false);
    return reshape(gradient, filterShape);
  });
}
