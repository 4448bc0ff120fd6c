import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelExports } from '../wasm/kernel-exports.js';
import type { WasmRuntime } from '../wasm/wasm-runtime.js';
import type { Segment } from './window-segments.js';

/** A batch of images in memory: `[images, rows, columns, channels]`, floats. */
export interface Images {
  readonly address: number;
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
}

/** What `convolve` and `correlate` are called with for one class of windows. */
export interface WindowCall {
  readonly source: number;
  readonly target: number;
  readonly pixels: number;
  readonly units: number;
  readonly unitsAtOnce: number;
  readonly sourceUnit: number;
  readonly targetUnit: number;
}

/** How much is worked on at a time. */
export interface CacheBudget {
  /** Of the source, in bytes. */
  readonly bytes: number;
  /** At least that many pixels, if there are as many: fewer would not pay for a start. */
  readonly leastPixels: number;
}

/** Entries of an offset table; at eight bytes each they leave most of the first-level cache to the data. */
const mostEntries = 2048;

/** The bytes that a table of offsets needs for images of that many columns. */
export const tableBytes = (columns: number): number => 8 * Math.max(mostEntries, columns);

/** A tensor `[images, rows, columns, channels]` in memory. */
export function imagesOf(runtime: WasmRuntime, tensor: TensorInfo): Images {
  const [, rows, columns, channels] = tensor.shape as [number, number, number, number];
  return { address: runtime.address(tensor), rows, columns, channels };
}

const rowBytes = ({ columns, channels }: Images): number => 4 * columns * channels;

/**
 * Visits the windows of one class (a segment of rows × a segment of columns) over a batch, `unitsAtOnce` units at
 * a time, with their offsets written to `table`. A unit is an image, or a row of one where images are large.
 */
export function walkWindows(
  kernels: KernelExports,
  table: number,
  images: number,
  source: Images,
  target: Images,
  rows: Segment,
  columns: Segment,
  budget: CacheBudget,
  visit: (call: WindowCall) => void,
): void {
  const steps = {
    sourceRow: rows.sourceStep * rowBytes(source),
    sourceColumn: columns.sourceStep * source.channels * 4,
    targetRow: rows.targetStep * rowBytes(target),
    targetColumn: columns.targetStep * target.channels * 4,
    sourceImage: source.rows * rowBytes(source),
    targetImage: target.rows * rowBytes(target),
  };
  const byRow = rows.count * columns.count > mostEntries;
  const pixels = byRow ? columns.count : rows.count * columns.count;
  const units = byRow ? rows.count : images;
  const sourceUnit = byRow ? steps.sourceRow : steps.sourceImage;
  const targetUnit = byRow ? steps.targetRow : steps.targetImage;
  const wanted = Math.max(
    Math.floor(budget.bytes / Math.max(1, sourceUnit)),
    Math.ceil(budget.leastPixels / pixels),
  );
  const unitsAtOnce = Math.max(1, Math.min(units, wanted, Math.floor(mostEntries / pixels)));
  kernels.writeOffsets(
    table,
    unitsAtOnce,
    byRow ? 1 : rows.count,
    columns.count,
    sourceUnit,
    steps.sourceRow,
    steps.sourceColumn,
    targetUnit,
    steps.targetRow,
    steps.targetColumn,
  );
  const sourceStart = source.address + rows.source * rowBytes(source) + columns.source * source.channels * 4;
  const targetStart = target.address + rows.target * rowBytes(target) + columns.target * target.channels * 4;
  for (let image = 0; image < (byRow ? images : 1); image++) {
    visit({
      source: sourceStart + image * steps.sourceImage,
      target: targetStart + image * steps.targetImage,
      pixels,
      units,
      unitsAtOnce,
      sourceUnit,
      targetUnit,
    });
  }
}
