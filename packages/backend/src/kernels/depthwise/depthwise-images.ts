import type { WasmRuntime } from '../../wasm/wasm-runtime.js';
import type { Images } from '../convolution/plan-windows.js';
import type { Segment } from '../convolution/window-segments.js';
import { paddedChannels } from './chunks.js';

/** u32 numbers of a segment. */
const segmentSize = 7;

/** The bytes that `depthwiseImages` needs to list so many segments. */
export const segmentBytes = (...lists: readonly (readonly Segment[])[]): number =>
  4 + 4 * segmentSize * lists.reduce((most, { length }) => most + length, 0);

/** A filter `[taps, padded channels]`. */
export interface DepthwiseFilter {
  readonly address: number;
  /** Of as many floats as there are padded channels. */
  readonly bias: number;
  /** Taps in one of its rows. */
  readonly row: number;
}

/** The least and the greatest value that are written; what lies beyond becomes these. */
export type Clamp = readonly [low: number, high: number];

/**
 * Writes the pixels of `target` that the segments name: windows of `source` times the filter, channel by channel.
 *
 * @param scratch of `segmentBytes(rows, columns)` bytes.
 */
export function depthwiseImages(
  { kernels, integers }: WasmRuntime,
  scratch: number,
  images: number,
  source: Images,
  target: Images,
  filter: DepthwiseFilter,
  rows: readonly Segment[],
  columns: readonly Segment[],
  clamp: Clamp,
): void {
  const [pixel, targetPixel] = [4 * source.channels, 4 * target.channels];
  const [row, targetRow] = [source.columns * pixel, target.columns * targetPixel];
  const padded = paddedChannels(source.channels);
  const filterRow = 4 * filter.row * padded;
  const written = [
    ...rows.flatMap((segment) => inBytes(segment, row, targetRow, filterRow)),
    ...columns.flatMap((segment) => inBytes(segment, pixel, targetPixel, 4 * padded)),
  ];
  integers(scratch, written.length).set(written);
  kernels.depthwise(
    source.address,
    filter.address,
    filter.bias,
    target.address,
    scratch,
    rows.length,
    columns.length,
    images,
    source.rows * row,
    target.rows * targetRow,
    (rows[0]?.spacing ?? 0) * row,
    (columns[0]?.spacing ?? 0) * pixel,
    filterRow,
    padded,
    source.channels,
    ...clamp,
  );
}

/** A segment as the kernel reads it. */
const inBytes = (segment: Segment, source: number, target: number, tap: number): number[] => [
  segment.target * target,
  segment.targetStep * target,
  segment.count,
  segment.source * source,
  segment.sourceStep * source,
  segment.tap * tap,
  segment.taps,
];
