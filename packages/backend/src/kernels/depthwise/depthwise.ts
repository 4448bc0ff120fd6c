import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { type ConvolutionAttributes, convolutionGeometry } from '../convolution/convolution-geometry.js';
import { imagesOf } from '../convolution/windows/plan-windows.js';
import { forwardSegments } from '../convolution/windows/window-segments.js';
import { chunksOf, paddedChannels, wideBytes, widen } from './chunks.js';
import { type Clamp, depthwiseImages, filterBytes, segmentBytes } from './depthwise-images.js';

/** Every value as it is. */
export const unclamped: Clamp = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

/**
 * `DepthwiseConv2dNative` on wasm: y[n, i, j, c·m + k] = Σ x[n, s·i + d·u − p, s·j + d·v − p, c] w[u, v, c, k].
 *
 * `x` is `[batch, height, width, inputs]` and `filter` `[height, width, inputs, multiplier m]`, both float32. Every stride
 * goes with every dilation.
 *
 * @returns `[batch, height, width, inputs · multiplier]`.
 * @throws TypeError or RangeError if dtypes, ranks, channels or sizes do not fit.
 */
export function depthwiseConv2d(call: KernelCall<'x' | 'filter', ConvolutionAttributes>): TensorInfo {
  return clampedDepthwise(call, unclamped);
}

/** `depthwiseConv2d` of a checked bias `[inputs · multiplier]`, all values clamped. */
export function clampedDepthwise(
  { inputs, attrs, backend }: KernelCall<'x' | 'filter', ConvolutionAttributes>,
  clamp: Clamp,
  bias?: TensorInfo,
): TensorInfo {
  const { x, filter } = inputs;
  checkTensor('depthwiseConv2d', 'x', x, 'float32', 4);
  checkTensor('depthwiseConv2d', 'filter', filter, 'float32', 4);
  const geometry = convolutionGeometry('depthwiseConv2d', x.shape, filter.shape, attrs, 'depthwise');
  const { batch, height, width, outputs } = geometry;
  const runtime = runtimeOf(backend);
  const { kernels } = runtime;
  const y = runtime.makeOutput(geometry.outputShape, 'float32');
  const wide = { images: imagesOf(runtime, x), times: outputs / geometry.inputs };
  const target = imagesOf(runtime, y);
  const padded = paddedChannels(outputs);
  const chunks = chunksOf(batch, height.input * width.input * padded);
  const taps = height.kernel * width.kernel;
  const biasAt = 4 * taps * padded;
  const segmentsAt = filterBytes(taps, outputs);
  const [rows, columns] = [forwardSegments(height), forwardSegments(width)];
  const wideAt = segmentsAt + segmentBytes(rows, columns);
  runtime.withScratch(wideAt + wideBytes(wide, chunks), (packed) => {
    kernels.padChannels(runtime.address(filter), packed, taps, outputs, padded);
    if (bias) kernels.padChannels(runtime.address(bias), packed + biasAt, 1, outputs, padded);
    else kernels.zero(packed + biasAt, 4 * padded);
    for (const chunk of chunks) {
      depthwiseImages(
        runtime,
        packed + segmentsAt,
        chunk.images,
        widen(kernels, wide, chunk, packed + wideAt),
        { ...target, address: target.address + 4 * chunk.first * height.output * width.output * outputs },
        { address: packed, taps, row: width.kernel },
        rows,
        columns,
        clamp,
      );
    }
  });
  return y;
}
