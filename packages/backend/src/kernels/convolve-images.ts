import type { KernelExports } from '../wasm/kernel-exports.js';
import { type Images, walkWindows } from './walk-windows.js';
import type { Segment } from './window-segments.js';

/** What is read again for every eight channels stays in the second-level cache. */
const budget = { bytes: 256 * 1024, leastPixels: 4 };

/** A filter packed by `packFilter`, `[ceil(channels / 8)][taps][8]`. */
export interface PackedFilter {
  readonly address: number;
  readonly taps: number;
  /** Taps in one of its rows. */
  readonly row: number;
}

/** Bytes of a packed filter. */
export const packedBytes = (taps: number, channels: number): number => Math.ceil(channels / 8) * taps * 32;

/**
 * Writes the pixels of `target` that the segments name: windows of `source` times the filter.
 *
 * @param table scratch of `tableBytes(target.columns)` bytes.
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
      walkWindows(kernels, table, batch, source, target, rows, columns, budget, (call) =>
        kernels.convolve(
          call.source,
          filter.address,
          call.target,
          table,
          call.pixels,
          call.units,
          call.unitsAtOnce,
          call.sourceUnit,
          call.targetUnit,
          rows.taps,
          columns.taps * source.channels,
          source.columns * source.channels * 4,
          rows.tap * filter.row + columns.tap * source.channels,
          filter.row,
          filter.taps,
          target.channels,
        ),
      );
    }
  }
}
