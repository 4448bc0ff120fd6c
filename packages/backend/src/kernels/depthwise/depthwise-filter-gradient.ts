import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkShape, checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import type { FilterGradientAttributes } from '../convolution/conv2d-filter-gradient.js';
import { convolutionGeometry } from '../convolution/convolution-geometry.js';
import { imagesOf, planWindows, tableBytes, writePlan } from '../convolution/windows/plan-windows.js';
import { forwardSegments } from '../convolution/windows/window-segments.js';
import { chunksOf, paddedChannels, wideBytes, widen } from './chunks.js';

/** All channels of a pixel are done at once, so nothing is read again but neighbours: only the table is bounded. */
const budget = { bytes: Number.POSITIVE_INFINITY, leastPixels: 4, mostPixels: 1024 };

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
  const given = imagesOf(runtime, dy);
  const padded = paddedChannels(outputs);
  const chunks = chunksOf(batch, (height.input * width.input + height.output * width.output) * padded);
  const taps = height.kernel * width.kernel;
  const tapBytes = 4 * padded;
  const tableAt = taps * tapBytes;
  const xAt = tableAt + tableBytes(budget, width.output);
  const [rowSegments, columnSegments] = [forwardSegments(height), forwardSegments(width)];
  runtime.withScratch(xAt + wideBytes(wideX, chunks), (packed) => {
    const table = packed + tableAt;
    kernels.zero(packed, taps * tapBytes);
    for (const chunk of chunks) {
      const source = widen(kernels, wideX, chunk, packed + xAt);
      const cotangent = widen(kernels, { images: given, times: 1 }, chunk, 0);
      for (const rows of rowSegments) {
        for (const columns of columnSegments) {
          if (rows.taps === 0 || columns.taps === 0) continue;
          const plan = planWindows(chunk.images, source, cotangent, rows, columns, budget);
          writePlan(kernels, table, plan);
          for (const start of plan.starts) {
            kernels.depthwiseFilter(
              start.source,
              start.target,
              packed + (rows.tap * width.kernel + columns.tap) * tapBytes,
              table,
              plan.pixelRows * plan.pixelColumns,
              plan.units,
              plan.unitsAtOnce,
              plan.source.unit,
              plan.target.unit,
              rows.taps,
              columns.taps,
              4 * rows.spacing * width.input * outputs,
              4 * columns.spacing * outputs,
              width.kernel * tapBytes,
              padded,
              outputs,
            );
          }
        }
      }
    }
    kernels.unpadChannels(packed, runtime.address(gradient), taps, padded, outputs);
  });
  return gradient;
}
