import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkShape, checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import type { FilterGradientAttributes } from '../convolution/conv2d-filter-gradient.js';
import { convolutionGeometry } from '../convolution/convolution-geometry.js';
import { imagesOf, planWindows, writePlan } from '../convolution/plan-windows.js';
import { forwardSegments } from '../convolution/window-segments.js';
import { chunksOf, paddedChannels, widen, wideSize } from './chunks.js';
import { depthwiseBudget, depthwiseTableBytes } from './depthwise-images.js';

/**
 * `DepthwiseConv2dNativeBackpropFilter` on wasm: the cotangent of a depthwise convolution's filter, for each channel
 * the sum over pixels of window × `dy`.
 *
 * `x` is `[batch, height, width, inputs]` and `dy` `[batch, height, width, inputs · multiplier]`, both float32.
 *
 * @returns a tensor of shape `filterShape`.
 * @throws TypeError or RangeError if dtypes, ranks, channels or sizes do not fit.
 */
export function depthwiseFilterGradient({
  inputs,
  attrs,
  backend,
}: KernelCall<'x' | 'dy', FilterGradientAttributes>): TensorInfo {
  const { x, dy } = inputs;
  checkTensor('depthwiseFilterGradient', 'x', x, 'float32', 4);
  checkTensor('depthwiseFilterGradient', 'dy', dy, 'float32', 4);
  const { filterShape } = attrs;
  const geometry = convolutionGeometry('depthwiseFilterGradient', x.shape, filterShape, attrs, 'depthwise');
  checkShape('depthwiseFilterGradient', 'dy', dy, geometry.outputShape);
  const { batch, height, width, outputs } = geometry;
  const runtime = runtimeOf(backend);
  const { kernels } = runtime;
  const gradient = runtime.makeOutput(filterShape, 'float32');
  const wideX = { images: imagesOf(runtime, x), times: outputs / geometry.inputs };
  const wideDy = { images: imagesOf(runtime, dy), times: 1 };
  const padded = paddedChannels(outputs);
  const chunks = chunksOf(batch, (height.input * width.input + height.output * width.output) * padded);
  const taps = height.kernel * width.kernel;
  const pixelBytes = 4 * padded;
  const tableAt = taps * pixelBytes;
  const xAt = tableAt + depthwiseTableBytes(width.output);
  const dyAt = xAt + 4 * Math.max(0, ...chunks.map((chunk) => wideSize(wideX, chunk)));
  const bytes = dyAt + 4 * Math.max(0, ...chunks.map((chunk) => wideSize(wideDy, chunk)));
  const [rowSegments, columnSegments] = [forwardSegments(height), forwardSegments(width)];
  runtime.withScratch(bytes, (packed) => {
    const table = packed + tableAt;
    kernels.zero(packed, taps * pixelBytes);
    for (const chunk of chunks) {
      const source = widen(kernels, wideX, chunk, packed + xAt);
      const cotangent = widen(kernels, wideDy, chunk, packed + dyAt);
      for (const rows of rowSegments) {
        for (const columns of columnSegments) {
          if (rows.taps === 0 || columns.taps === 0) continue;
          const plan = planWindows(chunk.images, source, cotangent, rows, columns, depthwiseBudget);
          writePlan(kernels, table, plan);
          for (const start of plan.starts) {
            kernels.depthwiseFilter(
              start.source,
              start.target,
              packed + (rows.tap * width.kernel + columns.tap) * pixelBytes,
              table,
              plan.pixelRows * plan.pixelColumns,
              plan.units,
              plan.unitsAtOnce,
              plan.source.unit,
              plan.target.unit,
              rows.taps,
              columns.taps,
              rows.spacing * width.input * pixelBytes,
              columns.spacing * pixelBytes,
              width.kernel * pixelBytes,
              padded,
            );
          }
        }
      }
    }
    kernels.unpadChannels(packed, runtime.address(gradient), taps, padded, outputs);
  });
  return gradient;
}
