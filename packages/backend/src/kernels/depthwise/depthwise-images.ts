import type { KernelExports } from '../../generated/kernel-exports.js';
import type { WasmRuntime } from '../../wasm/wasm-runtime.js';
import type { Images } from '../convolution/windows/plan-windows.js';
import type { Segment } from '../convolution/windows/window-segments.js';
import { paddedChannels } from './chunks.js';

/** u32 numbers of a segment. */
const segmentSize = 7;

/**
 * Pixels of few channels that are taken for one of many: neighbours lie side by side, and so do their windows. 1 if the
 * channels fill the lanes of SIMD by themselves.
 */
const pixelsInOne = (channels: number): number => (channels >= 8 ? 1 : channels === 1 ? 8 : 4);

/** The bytes of scratch memory that a packed filter takes. */
export function filterBytes(taps: number, channels: number): number {
  const wide = pixelsInOne(channels) * channels;
  return 4 * (taps + 1) * (paddedChannels(channels) + (wide > channels ? wide : 0));
}

/** The bytes that `depthwiseImages` needs to list so many segments. */
export const segmentBytes = (...lists: readonly (readonly Segment[])[]): number =>
  4 + 4 * segmentSize * lists.reduce((most, { length }) => most + 2 * length, 0);

/** A filter `[taps, padded channels]` with its bias behind it, in `filterBytes` bytes. */
export interface DepthwiseFilter {
  readonly address: number;
  readonly taps: number;
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
  runtime: WasmRuntime,
  scratch: number,
  images: number,
  source: Images,
  target: Images,
  filter: DepthwiseFilter,
  rows: readonly Segment[],
  columns: readonly Segment[],
  clamp: Clamp,
): void {
  const { channels } = source;
  const run = (of: readonly Segment[], address: number, wide: number) =>
    runSegments(runtime, scratch, images, source, target, { ...filter, address }, rows, of, clamp, wide);
  const joined = pixelsInOne(channels);
  const fits = ({ sourceStep, targetStep, count }: Segment) =>
    joined > 1 && sourceStep === 1 && targetStep === 1 && count >= joined;
  const many = columns.filter(fits);
  if (many.length > 0) {
    const tiled = tileFilter(runtime.kernels, filter, channels, joined);
    run(
      many.flatMap((segment) => joinPixels(segment, joined)),
      tiled,
      joined * channels,
    );
  }
  const few = columns.filter((segment) => !fits(segment));
  if (few.length > 0) run(few, filter.address, channels);
}

/** Segments of so many pixels at once; the last ones are computed again if they do not go into the pixels evenly. */
function joinPixels(segment: Segment, joined: number): Segment[] {
  const { target, source, count } = segment;
  const steps = { targetStep: joined, sourceStep: joined };
  const whole = { ...segment, ...steps, count: Math.floor(count / joined) };
  const rest = count - joined;
  const last = { ...segment, ...steps, target: target + rest, source: source + rest, count: 1 };
  return count % joined === 0 ? [whole] : [whole, last];
}

/** Writes taps and bias, each so many times in a row, behind the filter. */
function tileFilter(
  kernels: KernelExports,
  { address, taps }: DepthwiseFilter,
  channels: number,
  times: number,
): number {
  const padded = paddedChannels(channels);
  const tiled = address + 4 * (taps + 1) * padded;
  for (let tap = 0; tap <= taps; tap++) {
    for (let time = 0; time < times; time++) {
      const to = tiled + 4 * (tap * times + time) * channels;
      kernels.padChannels(address + 4 * tap * padded, to, 1, channels, channels);
    }
  }
  return tiled;
}

function runSegments(
  { kernels, integers }: WasmRuntime,
  scratch: number,
  images: number,
  source: Images,
  target: Images,
  filter: DepthwiseFilter,
  rows: readonly Segment[],
  columns: readonly Segment[],
  clamp: Clamp,
  channels: number,
): void {
  const pixel = 4 * source.channels;
  const [row, targetRow] = [source.columns * pixel, target.columns * pixel];
  const padded = paddedChannels(channels);
  const filterRow = 4 * filter.row * padded;
  const written = [
    ...rows.flatMap((segment) => inBytes(segment, row, targetRow, filterRow)),
    ...columns.flatMap((segment) => inBytes(segment, pixel, pixel, 4 * padded)),
  ];
  integers(scratch, written.length).set(written);
  kernels.depthwise(
    source.address,
    filter.address,
    filter.address + 4 * filter.taps * padded,
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
    channels,
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
