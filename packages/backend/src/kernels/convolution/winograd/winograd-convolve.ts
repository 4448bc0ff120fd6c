import type { WasmRuntime } from '../../../wasm/wasm-runtime.js';
import { type Part, partsOf } from '../../call/split.js';
import type { Plane, TiledConvolution } from './tiling.js';

/** Addresses. The bias is 0 if there is none. */
export interface WinogradOperands {
  readonly source: number;
  readonly filter: number;
  readonly bias: number;
  readonly target: number;
}

/** What a block of transformed tiles takes of the second-level cache. */
const bytesOfTiles = 300_000;

/** Blocks of eight outputs whose products wait for their transform together. */
const blocksAtOnce = 4;

/** From one plane to another in tiles of the convolution's output: by its matrices, or by their transposes. */
interface Plan extends TiledConvolution {
  readonly isAdjoint: boolean;
  readonly source: Plane;
  readonly target: Plane;
}

/** Writes the output of a convolution: `source` is the input. */
export function winogradConvolve(
  runtime: WasmRuntime,
  tiled: TiledConvolution,
  operands: WinogradOperands,
): void {
  compute(runtime, { ...tiled, isAdjoint: false, source: tiled.input, target: tiled.output }, operands);
}

/**
 * Writes the gradient by a convolution's input: `source` is that by the output.
 *
 * It is computed by the transposed matrices, and is so the exact adjoint of what `winogradConvolve` computes. A convolution with the
 * flipped filter is as fast with padding of one pixel; without padding it has more tiles: four in place of one for images of 6 × 6.
 */
export function winogradInputGradient(
  runtime: WasmRuntime,
  tiled: TiledConvolution,
  operands: Omit<WinogradOperands, 'bias'>,
): void {
  const plan = { ...tiled, isAdjoint: true, source: tiled.output, target: tiled.input };
  compute(runtime, plan, { ...operands, bias: 0 });
}

function compute(runtime: WasmRuntime, plan: Plan, operands: WinogradOperands): void {
  // What is larger, transformed tiles or the transformed filter, is never kept as a whole.
  if (plan.tiles <= plan.target.channels) byOutputs(runtime, plan, operands);
  else byTiles(runtime, plan, operands);
}

/** The filter is transformed once, and then tiles are computed a few at a time. */
function byTiles(
  { kernels, forEachWithScratch, withScratch }: WasmRuntime,
  { isAdjoint, side, source, target, top, left, rows, columns, tiles, points }: Plan,
  operands: WinogradOperands,
): void {
  const [inputs, outputs] = [source.channels, target.channels];
  const tilesAtOnce = 4 * Math.max(4, Math.floor(bytesOfTiles / (points * inputs * 16)));
  withScratch(kernels.winogradFilterBytes(side, inputs, outputs), (transformed) => {
    const filterJob = ({ from, count }: Part) =>
      [isAdjoint, side, operands.filter, inputs, outputs, from, count, transformed] as const;
    const filterParts = partsOf(outputs / 8, points * inputs * 32);
    forEachWithScratch('winogradFilter', kernels.winogradFilterScratch(), filterParts.map(filterJob));

    const job = ({ from, count }: Part) =>
      [
        isAdjoint,
        side,
        operands.source,
        source.height,
        source.width,
        inputs,
        top,
        left,
        transformed,
        operands.bias,
        operands.target,
        target.height,
        target.width,
        outputs,
        rows,
        columns,
        from,
        count,
        tilesAtOnce,
        blocksAtOnce,
      ] as const;
    // Adjoint tiles overlap within an image, so a job has whole images.
    const parts = partsOf(tiles, points * inputs * outputs, isAdjoint ? rows * columns : 4);
    const scratch = kernels.winogradTilesScratch(side, inputs, tilesAtOnce, blocksAtOnce);
    forEachWithScratch('winogradTiles', scratch, parts.map(job));
  });
}

/** All tiles are transformed once, and then outputs are computed a few at a time, each with its part of the filter. */
function byOutputs(
  { kernels, forEachWithScratch, withScratch }: WasmRuntime,
  { isAdjoint, side, source, target, top, left, rows, columns, tiles, points }: Plan,
  operands: WinogradOperands,
): void {
  const [inputs, outputs] = [source.channels, target.channels];
  withScratch(kernels.winogradSourceBytes(side, inputs, tiles), (transformed) => {
    const sourceJob = ({ from, count }: Part) =>
      [
        isAdjoint,
        side,
        operands.source,
        source.height,
        source.width,
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
    const sourceParts = partsOf(tiles, points * inputs * 8);
    const sourceScratch = kernels.winogradSourceScratch(side, inputs);
    forEachWithScratch('winogradSource', sourceScratch, sourceParts.map(sourceJob));

    if (isAdjoint) {
      const images = tiles / (rows * columns);
      kernels.zero(operands.target, 4 * images * target.height * target.width * outputs);
    }
    const job = ({ from, count }: Part) =>
      [
        isAdjoint,
        side,
        transformed,
        inputs,
        top,
        left,
        operands.filter,
        operands.bias,
        operands.target,
        target.height,
        target.width,
        outputs,
        rows,
        columns,
        tiles,
        from,
        count,
        blocksAtOnce,
      ] as const;
    const parts = partsOf(outputs / 8, points * inputs * (8 * tiles + 32), blocksAtOnce);
    const scratch = kernels.winogradOutputsScratch(side, inputs, tiles, blocksAtOnce);
    forEachWithScratch('winogradOutputs', scratch, parts.map(job));
  });
}
