import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../wasm/wasm-runtime.js';
import { checkTensor } from './checks.js';
import { type ConvolutionAttributes, convolutionGeometry } from './convolution-geometry.js';
import { convolveImages, convolveTableBytes, packedBytes } from './convolve-images.js';
import type { KernelCall } from './kernel-call.js';
import { imagesOf } from './plan-windows.js';
import { forwardSegments } from './window-segments.js';

/**
 * `Conv2D` on wasm: y = x ∗ w, undilated.
 *
 * `x` is `[batch, height, width, inputs]` and `filter` `[height, width, inputs, outputs]`, both float32.
 *
 * @returns `[batch, height, width, outputs]`.
 * @throws TypeError or RangeError where dtypes, ranks, channels or sizes do not fit.
 */
export function conv2d({
  inputs,
  attrs,
  backend,
}: KernelCall<'x' | 'filter', ConvolutionAttributes>): TensorInfo {
  const { x, filter } = inputs;
  checkTensor('conv2d', 'x', x, 'float32', 4);
  checkTensor('conv2d', 'filter', filter, 'float32', 4);
  const geometry = convolutionGeometry('conv2d', x.shape, filter.shape, attrs);
  const { height, width, outputs } = geometry;
  const runtime = runtimeOf(backend);
  const y = runtime.makeOutput(geometry.outputShape, 'float32');
  const source = imagesOf(runtime, x);
  const target = imagesOf(runtime, y);
  const row = width.kernel * geometry.inputs;
  const taps = height.kernel * row;
  const bytes = packedBytes(taps, outputs);
  runtime.withScratch(bytes + convolveTableBytes(width.output), (packed) => {
    runtime.kernels.packFilter(runtime.address(filter), packed, taps, outputs, outputs, 1, taps);
    convolveImages(
      runtime.kernels,
      packed + bytes,
      geometry.batch,
      source,
      target,
      { address: packed, taps, row },
      forwardSegments(height),
      forwardSegments(width),
    );
  });
  return y;
}
