import type { WasmRuntime } from '../../../wasm/wasm-runtime.js';
import { type Part, partsOf } from '../../call/split.js';
import type { TiledConvolution } from './tiling.js';

/** Addresses. */
export interface WinogradGradientOperands {
  readonly input: number;
  readonly cotangent: number;
  readonly gradient: number;
}

/** Blocks of eight outputs whose sums wait for their transform together. */
const blocksAtOnce = 4;

/** What the sums of all parts of the tiles may take. */
const mostBytesOfSums = 2 ** 26;

/** Writes the gradient of a convolution's filter. */
export function winogradFilterGradient(
  runtime: WasmRuntime,
  tiled: TiledConvolution,
  operands: WinogradGradientOperands,
): void {
  const { input, output, tiles } = tiled;
  // What is larger, transformed tiles or the gradient at all points, is never kept as a whole.
  const isMoreTiles = tiles * (input.channels + output.channels) > input.channels * output.channels;
  if (isMoreTiles) byTiles(runtime, tiled, operands);
  else byOutputs(runtime, tiled, operands);
}

/** Parts of the tiles are summed up by themselves, and then added. */
function byTiles(
  { kernels, forEach, forEachWithScratch, withScratch }: WasmRuntime,
  { side, input, output, top, left, rows, columns, tiles, points }: TiledConvolution,
  operands: WinogradGradientOperands,
): void {
  const [inputs, outputs] = [input.channels, output.channels];
  const size = 9 * inputs * outputs;
  const tilesAtOnce = Math.max(64, Math.min(256, Math.floor(8192 / inputs)));
  // A part pays for the transform of its sums.
  const leastOfPart = Math.max(2 * tilesAtOnce, (4 * size * tiles) / mostBytesOfSums);
  const multiple = tilesAtOnce * Math.ceil(leastOfPart / tilesAtOnce);
  const parts = partsOf(tiles, points * inputs * outputs, multiple);
  const isSplit = parts.length > 1;
  withScratch(isSplit ? 4 * size * parts.length : 0, (sums) => {
    const job = ({ from, count }: Part, part: number) =>
      [
        side,
        operands.input,
        input.height,
        input.width,
        inputs,
        top,
        left,
        operands.cotangent,
        output.height,
        output.width,
        outputs,
        rows,
        columns,
        from,
        count,
        tilesAtOnce,
        isSplit ? sums + 4 * size * part : operands.gradient,
      ] as const;
    const scratch = kernels.winogradFilterGradientScratch(side, inputs, outputs, tilesAtOnce);
    forEachWithScratch('winogradFilterGradient', scratch, parts.map(job));
    if (!isSplit) return;
    const additions = partsOf(size, 4 * parts.length, 4).map(
      ({ from, count }) =>
        [sums + 4 * from, operands.gradient + 4 * from, count, parts.length, 4 * size] as const,
    );
    forEach('addParts', additions);
  });
}

/** All tiles are transformed once, and then summed up for outputs a few at a time. */
function byOutputs(
  { kernels, forEachWithScratch, withScratch }: WasmRuntime,
  { side, input, output, top, left, rows, columns, tiles, points }: TiledConvolution,
  operands: WinogradGradientOperands,
): void {
  const [inputs, outputs] = [input.channels, output.channels];
  const cotangentAt = kernels.winogradPixelsBytes(side, inputs, tiles);
  withScratch(cotangentAt + kernels.winogradPixelsBytes(side, outputs, tiles), (transformed) => {
    const transformedCotangent = transformed + cotangentAt;
    const inputJob = ({ from, count }: Part) =>
      [
        false,
        side,
        operands.input,
        input.height,
        input.width,
        inputs,
        top,
        left,
        rows,
        columns,
        from,
        count,
        tiles,
        transformed,
      ] as const;
    const cotangentJob = ({ from, count }: Part) =>
      [
        true,
        side,
        operands.cotangent,
        output.height,
        output.width,
        outputs,
        0,
        0,
        rows,
        columns,
        from,
        count,
        tiles,
        transformedCotangent,
      ] as const;
    forEachWithScratch('winogradPixels', kernels.winogradPixelsScratch(side, Math.max(inputs, outputs)), [
      ...partsOf(tiles, points * inputs * 8).map(inputJob),
      ...partsOf(tiles, points * outputs * 8).map(cotangentJob),
    ]);

    const job = ({ from, count }: Part) =>
      [
        side,
        transformed,
        inputs,
        transformedCotangent,
        outputs,
        tiles,
        from,
        count,
        blocksAtOnce,
        operands.gradient,
      ] as const;
    const parts = partsOf(outputs / 8, points * inputs * (8 * tiles + 32), blocksAtOnce);
    const scratch = kernels.winogradFilterGradientOutputsScratch(side, inputs, blocksAtOnce);
    forEachWithScratch('winogradFilterGradientOutputs', scratch, parts.map(job));
  });
}
