import type { WasmRuntime } from '../../../wasm/wasm-runtime.js';
import type { ConvolutionGeometry } from '../convolution-geometry.js';
import { forwardSegments } from '../windows/window-segments.js';
import { type TiledConvolution, type TileSide, tiledConvolution } from './tiling.js';

/**
 * What transforms cost, in products of the direct kernels: of a channel of a tile, by the tile's side, and of a channel
 * of an input and an output of the filter.
 *
 * Fitted to the times of `bench/winograd.js`: of 14 shapes from 8 to 512 channels, the sum is within a fifth of each time beside the
 * direct kernel's. It is the same for a convolution and both of its gradients, which transform as many values: 178 to 213 for
 * four, 60 to 89 for two, 124 to 203 for the filter.
 */
const perTileChannel = { 4: 200, 2: 80 } as const;
const perFilterChannel = 180;

/** What has to be saved: less is within the error of the fit. */
const worthwhile = 0.9;

/** The tiles in which a convolution and its gradients are computed, or undefined for a direct sum. */
export function chooseTiles(
  { arithmetic }: Pick<WasmRuntime, 'arithmetic'>,
  geometry: ConvolutionGeometry,
): TiledConvolution | undefined {
  if (arithmetic !== 'fast') return undefined;
  let least = worthwhile * directCost(geometry);
  let chosen: TiledConvolution | undefined;
  for (const side of [2, 4] as const satisfies readonly TileSide[]) {
    const tiled = tiledConvolution(geometry, side);
    if (!tiled || tiledCost(tiled) >= least) continue;
    least = tiledCost(tiled);
    chosen = tiled;
  }
  return chosen;
}

/** Products of a direct sum; taps on padding take none. */
function directCost({ batch, height, width, inputs, outputs }: ConvolutionGeometry): number {
  const [rows, columns] = [height, width].map((axis) =>
    forwardSegments(axis).reduce((sum, { count, taps }) => sum + count * taps, 0),
  ) as [number, number];
  return batch * rows * columns * inputs * outputs;
}

function tiledCost({ side, input, output, tiles, points }: TiledConvolution): number {
  const [inputs, outputs] = [input.channels, output.channels];
  return (
    points * tiles * inputs * outputs +
    perTileChannel[side] * tiles * (inputs + outputs) +
    perFilterChannel * inputs * outputs
  );
}
