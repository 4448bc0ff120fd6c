import type { KernelExports } from '../../generated/kernel-exports.js';
import { type Images, planWindows, tableBytes, writePlan } from '../convolution/plan-windows.js';
import type { Segment } from '../convolution/window-segments.js';

/** All channels of a pixel are done at once, so nothing is read again but neighbours: only the table is bounded. */
export const depthwiseBudget = { bytes: Number.POSITIVE_INFINITY, leastPixels: 4, mostPixels: 1024 };

/** The bytes that `depthwiseImages` needs for its table, with a target of that many columns. */
export const depthwiseTableBytes = (columns: number): number => tableBytes(depthwiseBudget, columns);

/** A filter `[taps, channels]` with as many channels as the images that it is for. */
export interface DepthwiseFilter {
  readonly address: number;
  /** Of as many floats as there are channels. */
  readonly bias: number;
  /** Taps in one of its rows. */
  readonly row: number;
}

/** The least and the greatest value that are written; what lies beyond becomes these. */
export type Clamp = readonly [low: number, high: number];

/**
 * Writes the pixels of `target` that the segments name: windows of `source` times the filter, channel by channel.
 *
 * @param table scratch of `depthwiseTableBytes(target.columns)` bytes.
 */
export function depthwiseImages(
  kernels: KernelExports,
  table: number,
  images: number,
  source: Images,
  target: Images,
  filter: DepthwiseFilter,
  rowSegments: readonly Segment[],
  columnSegments: readonly Segment[],
  clamp: Clamp,
): void {
  const pixelBytes = 4 * source.channels;
  for (const rows of rowSegments) {
    for (const columns of columnSegments) {
      const plan = planWindows(images, source, target, rows, columns, depthwiseBudget);
      writePlan(kernels, table, plan);
      for (const start of plan.starts) {
        kernels.depthwise(
          start.source,
          filter.address + (rows.tap * filter.row + columns.tap) * pixelBytes,
          filter.bias,
          start.target,
          table,
          plan.pixelRows * plan.pixelColumns,
          plan.units,
          plan.unitsAtOnce,
          plan.source.unit,
          plan.target.unit,
          rows.taps,
          columns.taps,
          rows.spacing * source.columns * pixelBytes,
          columns.spacing * pixelBytes,
          filter.row * pixelBytes,
          source.channels,
          target.channels,
          ...clamp,
        );
      }
    }
  }
}
