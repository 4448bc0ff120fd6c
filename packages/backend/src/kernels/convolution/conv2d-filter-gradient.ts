import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkShape, checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { type ConvolutionAttributes, convolutionGeometry } from './convolution-geometry.js';
import { packedBytes } from './convolve-images.js';
import { correlate, gatheredBytes, gathers } from './correlate.js';
import { type CacheBudget, imagesOf, planWindows, tableBytes, writeRuns } from './plan-windows.js';
import { forwardSegments } from './window-segments.js';

/** What is read again for every four taps stays in the first-level cache. */
const budget: CacheBudget = { bytes: 4 * 1024, leastPixels: 64, mostPixels: 1024 };

/** What is gathered stays there wherever it came from; a block of channels comes from the second-level cache. */
const gatheredBudget: CacheBudget = { bytes: Number.POSITIVE_INFINITY, leastPixels: 1, mostPixels: 256 };

/** Attributes of `Conv2DBackpropFilter`. */
export interface FilterGradientAttributes extends ConvolutionAttributes {
  readonly filterShape: readonly number[];
}

/**
 * `Conv2DBackpropFilter` on wasm: the cotangent of a convolution's filter, Σ over pixels of window × `dy`.
 *
 * `x` is `[batch, height, width, inputs]` and `dy` `[batch, height, width, outputs]`, both float32.
 *
 * @returns a tensor of shape `filterShape`.
 * @throws TypeError or RangeError if dtypes, ranks, channels or sizes do not fit.
 */
export function conv2dFilterGradient({
  inputs,
  attrs,
  backend,
}: KernelCall<'x' | 'dy', FilterGradientAttributes>): TensorInfo {
  const { x, dy } = inputs;
  checkTensor('conv2dFilterGradient', 'x', x, 'float32', 4);
  checkTensor('conv2dFilterGradient', 'dy', dy, 'float32', 4);
  const geometry = convolutionGeometry('conv2dFilterGradient', x.shape, attrs.filterShape, attrs);
  checkShape('conv2dFilterGradient', 'dy', dy, geometry.outputShape);
  const { batch, height, width, outputs } = geometry;
  const runtime = runtimeOf(backend);
  const { kernels } = runtime;
  const gradient = runtime.makeOutput(attrs.filterShape, 'float32');
  const source = imagesOf(runtime, x);
  const given = imagesOf(runtime, dy);
  const row = width.kernel * geometry.inputs;
  const taps = height.kernel * row;
  const bytes = packedBytes(taps, outputs);
  // The kernel reads eight channels at a time.
  const channels = Math.ceil(outputs / 8) * 8;
  const pixels = batch * height.output * width.output;
  const padded = channels !== outputs;
  const pixelsAtOnce = gathers(channels) ? gatheredBudget : budget;
  const scratchAt = bytes + tableBytes(pixelsAtOnce, width.output);
  const paddedAt = scratchAt + gatheredBytes(Math.max(pixelsAtOnce.mostPixels, width.output), channels);
  runtime.withScratch(paddedAt + (padded ? 4 * pixels * channels : 0), (packed) => {
    const table = packed + bytes;
    kernels.zero(packed, bytes);
    if (padded) kernels.padChannels(given.address, packed + paddedAt, pixels, outputs, channels);
    const cotangent = padded ? { ...given, address: packed + paddedAt, channels } : given;
    for (const rows of forwardSegments(height)) {
      for (const columns of forwardSegments(width)) {
        if (rows.taps === 0 || columns.taps === 0) continue;
        const plan = planWindows(batch, source, cotangent, rows, columns, pixelsAtOnce);
        const runs = writeRuns(kernels, table, plan);
        // Without gaps, the pixels of a row are one run; with them, each column of taps is summed up by itself.
        const [parts, run] =
          columns.spacing > 1 ? [columns.taps, source.channels] : [1, columns.taps * source.channels];
        for (const start of plan.starts) {
          for (let part = 0; part < parts; part++) {
            correlate(kernels, packed + scratchAt, [
              start.source + 4 * part * columns.spacing * source.channels,
              start.target,
              packed,
              table,
              runs.runs,
              runs.length,
              runs.sourceStep,
              runs.targetStep,
              runs.alongUnits,
              plan.units,
              plan.unitsAtOnce,
              plan.source.unit,
              plan.target.unit,
              rows.taps,
              run,
              4 * rows.spacing * source.columns * source.channels,
              rows.tap * row + (columns.tap + part) * source.channels,
              row,
              taps,
              channels,
            ]);
          }
        }
      }
    }
    kernels.unpackFilter(packed, runtime.address(gradient), taps, outputs);
  });
  return gradient;
}
