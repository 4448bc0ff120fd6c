import type { ConvolutionGeometry } from '../convolution-geometry.js';

/** Pixels along an axis of a tile of the output: those of F(4 × 4, 3 × 3) and of F(2 × 2, 3 × 3). */
export type TileSide = 4 | 2;

/** Images in memory, but for how many. */
export interface Plane {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** A convolution with a filter of 3 × 3 and a stride of 1, and how its output is split into tiles. */
export interface TiledConvolution {
  readonly side: TileSide;
  readonly input: Plane;
  readonly output: Plane;
  /** Padding above and to the left. */
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly columns: number;
  /** In all images. */
  readonly tiles: number;
  /** At which each tile is multiplied, in place of 9 · side² products. */
  readonly points: number;
}

/** The most bytes of a transformed filter. */
const mostBytes = 2 ** 27;

/** A convolution in tiles, or undefined if Winograd's kernels do not take it. */
export function tiledConvolution(
  { batch, height, width, inputs, outputs }: ConvolutionGeometry,
  side: TileSide,
): TiledConvolution | undefined {
  const fits = [height, width].every((axis) => axis.kernel === 3 && axis.stride === 1 && axis.dilation === 1);
  // Channels come in eights; of an empty batch there is nothing to compute.
  if (!fits || inputs % 8 !== 0 || outputs % 8 !== 0 || batch === 0) return undefined;
  const points = (side + 2) ** 2;
  if (4 * points * inputs * outputs > mostBytes) return undefined;
  const [rows, columns] = [Math.ceil(height.output / side), Math.ceil(width.output / side)];
  return {
    side,
    input: { height: height.input, width: width.input, channels: inputs },
    output: { height: height.output, width: width.output, channels: outputs },
    top: height.padding,
    left: width.padding,
    rows,
    columns,
    tiles: batch * rows * columns,
    points,
  };
}
