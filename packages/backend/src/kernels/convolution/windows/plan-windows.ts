import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelExports } from '../../../generated/kernel-exports.js';
import type { WasmRuntime } from '../../../wasm/wasm-runtime.js';
import type { Segment } from './window-segments.js';

/** A batch of images in memory: `[images, rows, columns, channels]`, floats. */
export interface Images {
  readonly address: number;
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
}

/** How much is worked on at a time. */
export interface CacheBudget {
  /** Of the source, in bytes. */
  readonly bytes: number;
  /** At least that many pixels, if there are as many: fewer would not pay for a start. */
  readonly leastPixels: number;
  /** At most that many pixels, unless one row has more. */
  readonly mostPixels: number;
}

/**
 * The windows of one class (a segment of rows × a segment of columns) over a batch: `units` units of `pixelRows` ×
 * `pixelColumns` pixels, `unitsAtOnce` of which fit the budget. A unit is an image, or a row of one if images
 * are large; then each image has a start of its own. Steps are in bytes.
 */
export interface WindowPlan {
  readonly starts: readonly { readonly source: number; readonly target: number }[];
  readonly units: number;
  readonly unitsAtOnce: number;
  readonly pixelRows: number;
  readonly pixelColumns: number;
  readonly source: Steps;
  readonly target: Steps;
}

/** Bytes from one unit, row and pixel to the next. */
export interface Steps {
  readonly unit: number;
  readonly row: number;
  readonly column: number;
}

/** The bytes that `writePlan` needs under a budget, with a target of that many columns. */
export const tableBytes = (budget: CacheBudget, columns: number): number =>
  8 * Math.max(budget.mostPixels, columns);

/** The bytes that `writePlan` writes for a plan. */
export const writtenBytes = ({ unitsAtOnce, pixelRows, pixelColumns }: WindowPlan): number =>
  8 * unitsAtOnce * pixelRows * pixelColumns;

/** Writes the offsets of the units that are worked on at once, two u32 per pixel. */
export function writePlan(kernels: KernelExports, table: number, plan: WindowPlan): void {
  const { unitsAtOnce, pixelRows, pixelColumns, source, target } = plan;
  kernels.writeOffsets(
    table,
    unitsAtOnce,
    pixelRows,
    pixelColumns,
    source.unit,
    source.row,
    source.column,
    target.unit,
    target.row,
    target.column,
  );
}

/** The pixels of a plan as runs at equal steps: fewer addresses to look up than one per pixel. */
export interface PixelRuns {
  /** In each unit, or in all if a run goes from unit to unit. */
  readonly runs: number;
  readonly length: number;
  readonly sourceStep: number;
  readonly targetStep: number;
  readonly alongUnits: boolean;
}

/** Writes where the runs of a plan start; they go along the longest of its axes. */
export function writeRuns(kernels: KernelExports, table: number, plan: WindowPlan): PixelRuns {
  const { unitsAtOnce, pixelRows, pixelColumns, source, target } = plan;
  const length = Math.max(unitsAtOnce, pixelRows, pixelColumns);
  const axis = pixelColumns === length ? 'column' : pixelRows === length ? 'row' : 'unit';
  const starts = {
    ...plan,
    ...(axis === 'column' && { pixelColumns: 1 }),
    ...(axis === 'row' && { pixelRows: 1 }),
    ...(axis === 'unit' && { unitsAtOnce: 1 }),
  };
  writePlan(kernels, table, starts);
  return {
    runs: starts.pixelRows * starts.pixelColumns,
    length,
    sourceStep: source[axis],
    targetStep: target[axis],
    alongUnits: axis === 'unit',
  };
}

/** A tensor `[images, rows, columns, channels]` in memory. */
export function imagesOf(runtime: WasmRuntime, tensor: TensorInfo): Images {
  const [, rows, columns, channels] = tensor.shape as [number, number, number, number];
  return { address: runtime.address(tensor), rows, columns, channels };
}

/** Lays out the windows of `source` and the pixels of `target` that one segment of rows and of columns name. */
export function planWindows(
  images: number,
  source: Images,
  target: Images,
  rows: Segment,
  columns: Segment,
  budget: CacheBudget,
): WindowPlan {
  const byRow = rows.count * columns.count > budget.mostPixels;
  const pixels = byRow ? columns.count : rows.count * columns.count;
  const units = byRow ? rows.count : images;
  const steps = (of: Images, rowStep: number, columnStep: number): Steps => {
    const row = rowStep * rowBytes(of);
    return { unit: byRow ? row : imageBytes(of), row, column: 4 * columnStep * of.channels };
  };
  const sourceSteps = steps(source, rows.sourceStep, columns.sourceStep);
  const targetSteps = steps(target, rows.targetStep, columns.targetStep);
  const wanted = Math.max(
    Math.floor(budget.bytes / Math.max(1, sourceSteps.unit)),
    Math.ceil(budget.leastPixels / pixels),
  );
  const unitsAtOnce = Math.max(1, Math.min(units, wanted, Math.floor(budget.mostPixels / pixels)));
  const first = {
    source: source.address + rows.source * rowBytes(source) + 4 * columns.source * source.channels,
    target: target.address + rows.target * rowBytes(target) + 4 * columns.target * target.channels,
  };
  const starts = Array.from({ length: byRow ? images : 1 }, (_, image) => ({
    source: first.source + image * imageBytes(source),
    target: first.target + image * imageBytes(target),
  }));
  return {
    starts,
    units,
    unitsAtOnce,
    pixelRows: byRow ? 1 : rows.count,
    pixelColumns: columns.count,
    source: sourceSteps,
    target: targetSteps,
  };
}

const rowBytes = ({ columns, channels }: Images): number => 4 * columns * channels;

const imageBytes = (images: Images): number => images.rows * rowBytes(images);
