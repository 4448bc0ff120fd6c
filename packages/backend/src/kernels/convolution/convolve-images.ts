import type { KernelExports } from '../../generated/kernel-exports.js';
import { type Images, planWindows, tableBytes, writePlan } from './plan-windows.js';
import type { Segment } from './window-segments.js';

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

/** The bytes that `convolveImages` needs for its table, with a target of that many columns. */
export const convolveTableBytes = (columns: number): number => tableBytes(budget, columns);

/**
 * Writes the pixels of `target` that the segments name: windows of `source` times the filter.
 *
 * @param table scratch of `convolveTableBytes(target.columns)` bytes.
 */
export function convolveImages(
  kernels: KernelExports,
  table: number,
  batch: number,
  source: Images,
  target: Images,
  filter: PackedFilter,
  rowSegments: readonly Segment[],
  columnSegments: readonly Segment[],
): void {
  for (const rows of rowSegments) {
    for (const columns of columnSegments) {
      const plan = planWindows(batch, source, target, rows, columns, budget);
      writePlan(kernels, table, plan);
      const pixel = columns.spacing * source.channels;
      // Without gaps, the pixels of a row are one run.
      const [runs, run] =
        columns.spacing > 1 ? [columns.taps, source.channels] : [1, columns.taps * source.channels];
      for (const start of plan.starts) {
        kernels.convolve(
          start.source,
          filter.address,
          filter.bias,
          start.target,
          table,
          plan.pixelRows * plan.pixelColumns,
          plan.units,
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
          target.channels,
        );
      }
    }
  }
}
