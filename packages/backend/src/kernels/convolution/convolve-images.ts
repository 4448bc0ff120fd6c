import type { KernelExports } from '../../generated/kernel-exports.js';
import type { WasmRuntime } from '../../wasm/wasm-runtime.js';
import { partsOf } from '../call/split.js';
import {
  type Images,
  planWindows,
  type WindowPlan,
  writePlan,
  writtenBytes,
} from './windows/plan-windows.js';
import type { Segment } from './windows/window-segments.js';

/**
 * What is read again for every eight channels stays in the second-level cache, and a table of offsets, at eight
 * bytes per pixel, leaves most of the first-level cache to the data.
 */
const budget = { bytes: 256 * 1024, leastPixels: 4, mostPixels: 2048 };

/** A filter packed by `packFilter`, `[ceil(channels / 8)][taps][8]`. */
export interface PackedFilter {
  readonly address: number;
  /** Of `ceil(channels / 8) · 8` floats. */
  readonly bias: number;
  readonly taps: number;
  /** Taps in one of its rows. */
  readonly row: number;
}

/** Bytes of a packed filter of that many taps; of a bias, if taps is 1. */
export const packedBytes = (taps: number, channels: number): number => Math.ceil(channels / 8) * taps * 32;

/** Writes a packed bias: the values at an address, or zeros. */
export function packBias(
  kernels: KernelExports,
  packed: number,
  channels: number,
  values: number | undefined,
): void {
  if (values === undefined) kernels.zero(packed, packedBytes(1, channels));
  else kernels.packFilter(values, packed, 1, channels, channels, 1, 1);
}

/**
 * Writes the pixels of `target` that the segments name: windows of `source` times the filter.
 *
 * Each pixel is a sum of its own, so images, rows and blocks of eight channels are computed on any thread.
 */
export function convolveImages(
  runtime: WasmRuntime,
  batch: number,
  source: Images,
  target: Images,
  filter: PackedFilter,
  rowSegments: readonly Segment[],
  columnSegments: readonly Segment[],
): void {
  const classes = rowSegments.flatMap((rows) =>
    columnSegments.map((columns) => {
      const plan = planWindows(batch, source, target, rows, columns, budget);
      const products = rows.taps * columns.taps * source.channels * target.channels;
      return { rows, columns, plan, costOfUnit: plan.pixelRows * plan.pixelColumns * products };
    }),
  );
  // The largest first: what is left at the end is small, and no thread waits long for it.
  classes.sort((a, b) => b.costOfUnit * b.plan.units - a.costOfUnit * a.plan.units);
  const tables = classes.map(({ plan }) => writtenBytes(plan));
  runtime.withScratch(
    tables.reduce((bytes, each) => bytes + each, 0),
    (scratch) => {
      let table = scratch;
      const jobs = classes.flatMap((each, i) => {
        writePlan(runtime.kernels, table, each.plan);
        const some = jobsOf(each, table, source, target, filter);
        table += tables[i] as number;
        return some;
      });
      runtime.forEach('convolve', jobs);
    },
  );
}

/** The windows of one segment of rows and one of columns. */
interface WindowClass {
  readonly rows: Segment;
  readonly columns: Segment;
  readonly plan: WindowPlan;
  readonly costOfUnit: number;
}

/** Shared out by units and, if these are few, by blocks of channels. */
function jobsOf(
  { rows, columns, plan, costOfUnit }: WindowClass,
  table: number,
  source: Images,
  target: Images,
  filter: PackedFilter,
): Readonly<Parameters<KernelExports['convolve']>>[] {
  const pixel = columns.spacing * source.channels;
  // Without gaps, the pixels of a row are one run.
  const [runs, run] =
    columns.spacing > 1 ? [columns.taps, source.channels] : [1, columns.taps * source.channels];
  const cost = costOfUnit * plan.units;
  const isFew = plan.starts.length < fewStarts;
  const units = isFew ? partsOf(plan.units, costOfUnit) : [{ from: 0, count: plan.units }];
  const channels =
    isFew && plan.starts.length * units.length < fewStarts
      ? partsOf(target.channels, cost / units.length / target.channels, 8)
      : [{ from: 0, count: target.channels }];
  return plan.starts.flatMap((start) =>
    units.flatMap((some) =>
      channels.map(
        (block): Readonly<Parameters<KernelExports['convolve']>> => [
          start.source + some.from * plan.source.unit,
          filter.address + 4 * block.from * filter.taps,
          filter.bias + 4 * block.from,
          start.target + some.from * plan.target.unit + 4 * block.from,
          table,
          plan.pixelRows * plan.pixelColumns,
          some.count,
          plan.unitsAtOnce,
          plan.source.unit,
          plan.target.unit,
          rows.taps,
          runs,
          run,
          rows.spacing * source.columns * source.channels * 4,
          pixel * 4,
          rows.tap * filter.row + columns.tap * source.channels,
          filter.row,
          filter.taps,
          block.count,
        ],
      ),
    ),
  );
}

/** With as many starts as that, each is a job. */
const fewStarts = 8;
