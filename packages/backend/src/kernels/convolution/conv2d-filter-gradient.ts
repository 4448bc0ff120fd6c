import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf, type WasmRuntime } from '../../wasm/wasm-runtime.js';
import { checkShape, checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { partsOf } from '../call/split.js';
import {
  type ConvolutionAttributes,
  type ConvolutionGeometry,
  convolutionGeometry,
} from './convolution-geometry.js';
import { packedBytes } from './convolve-images.js';
import {
  type Correlation,
  correlate,
  correlateApart,
  correlateInGroups,
  gathers,
  sumsOf,
} from './correlate.js';
import {
  type CacheBudget,
  type Images,
  imagesOf,
  planWindows,
  tableBytes,
  type WindowPlan,
  writeRuns,
} from './windows/plan-windows.js';
import { forwardSegments, type Segment } from './windows/window-segments.js';
import { chooseTiles } from './winograd/choose-tiles.js';
import { winogradFilterGradient } from './winograd/winograd-filter-gradient.js';

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
  const tiled = chooseTiles(runtime, geometry);
  if (tiled) {
    winogradFilterGradient(runtime, tiled, {
      input: runtime.address(x),
      cotangent: runtime.address(dy),
      gradient: runtime.address(gradient),
    });
    return gradient;
  }
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
  const paddedAt = bytes + tableBytes(pixelsAtOnce, width.output);
  const mostPixels = Math.max(pixelsAtOnce.mostPixels, width.output);
  runtime.withScratch(paddedAt + (padded ? 4 * pixels * channels : 0), (packed) => {
    const table = packed + bytes;
    kernels.zero(packed, bytes);
    if (padded) kernels.padChannels(given.address, packed + paddedAt, pixels, outputs, channels);
    const cotangent = padded ? { ...given, address: packed + paddedAt, channels } : given;
    const windows = windowsOf(geometry, source, cotangent, pixelsAtOnce);
    const sums = windows.reduce(
      (count, { plan, parts }) => count + plan.starts.length * parts * sumsOf(plan),
      0,
    );
    // Of few channels, each sum apart, since it may only be added to the one before; of many, in fast arithmetic, some each.
    const isApart = runtime.threads > 1 && pixels * taps * channels >= leastApart;
    const lists = gathers(channels) ? groupsOf(runtime, pixels, bytes) : isApart ? sums : 1;
    const each = (visit: (correlation: Correlation) => void) => {
      for (const { plan, parts, run, rows, columns } of windows) {
        const { runs, length, sourceStep, targetStep, alongUnits } = writeRuns(kernels, table, plan);
        for (const start of plan.starts) {
          for (let part = 0; part < parts; part++) {
            visit({
              source: start.source + 4 * part * columns.spacing * source.channels,
              cotangent: start.target,
              gradient: packed,
              table,
              runs,
              length,
              sourceStep,
              cotangentStep: targetStep,
              alongUnits,
              units: plan.units,
              unitsAtOnce: plan.unitsAtOnce,
              sourceUnit: plan.source.unit,
              cotangentUnit: plan.target.unit,
              rows: rows.taps,
              rowTaps: run,
              sourceRow: 4 * rows.spacing * source.columns * source.channels,
              firstTap: rows.tap * row + (columns.tap + part) * source.channels,
              gradientRow: row,
              taps,
              channels,
            });
          }
        }
      }
    };
    if (lists < 2 || lists * bytes > mostApart) {
      each((correlation) => correlate(runtime, correlation, mostPixels));
    } else {
      runtime.withScratch(lists * bytes, (apart) => {
        kernels.zero(apart, lists * bytes);
        let gradient = apart;
        each((correlation) => {
          if (gathers(channels))
            correlateInGroups(runtime, { ...correlation, gradient }, mostPixels, lists, bytes);
          else {
            correlateApart(runtime, { ...correlation, gradient }, bytes);
            gradient += sumsOf(correlation) * bytes;
          }
        });
        addParts(runtime, { from: apart, to: packed, floats: bytes / 4, parts: lists });
      });
    }
    kernels.unpackFilter(packed, runtime.address(gradient), taps, outputs);
  });
  return gradient;
}

/** Products from which on sums are written apart, for threads to share them out. */
const leastApart = 2 ** 19;

/** Sums that are added up later take no more memory than that, in bytes. */
const mostApart = 8 * 2 ** 20;

/** Pixels from which on a group of them pays for adding its sums to those of the others. */
const leastOfGroup = 1024;

/** In how many groups pixels of many channels are summed up. */
function groupsOf({ arithmetic }: WasmRuntime, pixels: number, bytes: number): number {
  if (arithmetic === 'direct') return 1;
  return Math.min(8, Math.floor(pixels / leastOfGroup), Math.floor(mostApart / bytes));
}

/** The windows of one segment of rows and one of columns. */
interface Windows {
  readonly rows: Segment;
  readonly columns: Segment;
  readonly plan: WindowPlan;
  /** Columns of taps that are summed up by themselves, because there are gaps between them, and taps in a row of each. */
  readonly parts: number;
  readonly run: number;
}

function windowsOf(
  { batch, height, width }: ConvolutionGeometry,
  source: Images,
  cotangent: Images,
  budget: CacheBudget,
): Windows[] {
  return forwardSegments(height).flatMap((rows) =>
    forwardSegments(width).flatMap((columns) => {
      if (rows.taps === 0 || columns.taps === 0) return [];
      const plan = planWindows(batch, source, cotangent, rows, columns, budget);
      // Without gaps, the pixels of a row are one run.
      const [parts, run] =
        columns.spacing > 1 ? [columns.taps, source.channels] : [1, columns.taps * source.channels];
      return [{ rows, columns, plan, parts, run }];
    }),
  );
}

/** The sums of `parts` lists of floats, one behind the other, in their order. */
function addParts(
  { forEach }: WasmRuntime,
  lists: { readonly from: number; readonly to: number; readonly floats: number; readonly parts: number },
): void {
  const { from: first, to, floats, parts } = lists;
  forEach(
    'addParts',
    partsOf(floats, 4 * parts, 16).map(({ from, count }) => [
      first + 4 * from,
      to + 4 * from,
      count,
      parts,
      4 * floats,
    ]),
  );
}
