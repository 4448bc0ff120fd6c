import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkShape, checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { type ConvolutionAttributes, convolutionGeometry } from './convolution-geometry.js';
import { convolveImages, packBias, packedBytes } from './convolve-images.js';
import { imagesOf } from './windows/plan-windows.js';
import { forwardSegments } from './windows/window-segments.js';
import { chooseTiles } from './winograd/choose-tiles.js';
import { winogradConvolve } from './winograd/winograd-convolve.js';

/**
 * `Conv2D` on wasm: y = x ∗ w; `MetadistillConv2DWithBias` if a bias is given: y = x ∗ w + b.
 *
 * `x` is `[batch, height, width, inputs]`, `filter` `[height, width, inputs, outputs]` and `bias` `[outputs]`, all
 * float32.
 *
 * @returns `[batch, height, width, outputs]`.
 * @throws TypeError or RangeError if dtypes, ranks, channels or sizes do not fit.
 */
export function conv2d({
  inputs,
  attrs,
  backend,
}: KernelCall<'x' | 'filter', ConvolutionAttributes> & {
  readonly inputs: { readonly bias?: TensorInfo };
}): TensorInfo {
  const { x, filter, bias } = inputs;
  checkTensor('conv2d', 'x', x, 'float32', 4);
  checkTensor('conv2d', 'filter', filter, 'float32', 4);
  const geometry = convolutionGeometry('conv2d', x.shape, filter.shape, attrs);
  const { height, width, outputs } = geometry;
  if (bias) {
    checkTensor('conv2d', 'bias', bias, 'float32', 1);
    checkShape('conv2d', 'bias', bias, [outputs]);
  }
  const runtime = runtimeOf(backend);
  const { kernels } = runtime;
  const y = runtime.makeOutput(geometry.outputShape, 'float32');
  const tiled = chooseTiles(runtime, geometry);
  if (tiled) {
    winogradConvolve(runtime, tiled, {
      source: runtime.address(x),
      filter: runtime.address(filter),
      bias: bias ? runtime.address(bias) : 0,
      target: runtime.address(y),
    });
    return y;
  }
  const source = imagesOf(runtime, x);
  const target = imagesOf(runtime, y);
  const row = width.kernel * geometry.inputs;
  const taps = height.kernel * row;
  const biasAt = packedBytes(taps, outputs);
  runtime.withScratch(biasAt + packedBytes(1, outputs), (packed) => {
    kernels.packFilter(runtime.address(filter), packed, taps, outputs, outputs, 1, taps);
    packBias(kernels, packed + biasAt, outputs, bias && runtime.address(bias));
    convolveImages(
      runtime,
      geometry.batch,
      source,
      target,
      { address: packed, bias: packed + biasAt, taps, row },
      forwardSegments(height),
      forwardSegments(width),
    );
  });
  return y;
}
