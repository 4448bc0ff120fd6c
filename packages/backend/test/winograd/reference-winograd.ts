import type { TileSide } from '../../src/kernels/convolution/winograd/tiling.js';
import type { ConvolutionCase } from '../reference-convolution.js';

/** The matrices of F(4 × 4, 3 × 3) and F(2 × 2, 3 × 3), without signs: y = Aᵀ ((G w Gᵀ) ⊙ (Bᵀ x B)) A. */
const matrices = {
  4: {
    input: [
      [4, 0, 5, 0, 1, 0],
      [0, 4, 4, 1, 1, 0],
      [0, 4, 4, 1, 1, 0],
      [0, 2, 1, 2, 1, 0],
      [0, 2, 1, 2, 1, 0],
      [0, 4, 0, 5, 0, 1],
    ],
    filter: [
      [1 / 4, 0, 0],
      [1 / 6, 1 / 6, 1 / 6],
      [1 / 6, 1 / 6, 1 / 6],
      [1 / 24, 1 / 12, 1 / 6],
      [1 / 24, 1 / 12, 1 / 6],
      [0, 0, 1],
    ],
    output: [
      [1, 1, 1, 1, 1, 0],
      [0, 1, 1, 2, 2, 0],
      [0, 1, 1, 4, 4, 0],
      [0, 1, 1, 8, 8, 1],
    ],
  },
  2: {
    input: [
      [1, 0, 1, 0],
      [0, 1, 1, 0],
      [0, 1, 1, 0],
      [0, 1, 0, 1],
    ],
    filter: [
      [1, 0, 0],
      [1 / 2, 1 / 2, 1 / 2],
      [1 / 2, 1 / 2, 1 / 2],
      [0, 0, 1],
    ],
    output: [
      [1, 1, 1, 0],
      [0, 1, 1, 1],
    ],
  },
} as const;

type Matrix = readonly (readonly number[])[];
type Square = number[][];

const transposed = (matrix: Matrix): Matrix =>
  matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));

const product = (a: Matrix, b: Matrix): Square =>
  a.map((row) => b[0]!.map((_, column) => row.reduce((sum, value, k) => sum + value * b[k]![column]!, 0)));

/** matrix · square · matrixᵀ. */
const transform = (matrix: Matrix, square: Matrix): Square =>
  product(product(matrix, square), transposed(matrix));

/** Each value with its row and column. */
const entriesOf = (matrix: Matrix) =>
  matrix.flatMap((line, row) => line.map((value, column) => [value, row, column] as const));

/** What a tile adds up without signs, by which the rounding of a convolution in tiles is bounded. */
export function tileMagnitudes(
  shape: ConvolutionCase,
  side: TileSide,
  x: Float32Array,
  filter: Float32Array,
  dy: Float32Array,
) {
  const { batch, height, width, inputs, outputs, top, left, outHeight, outWidth } = shape;
  const { input: inward, filter: taps, output: outward } = matrices[side];
  const y = new Float64Array(dy.length);
  const dx = new Float64Array(x.length);
  const dFilter = new Float64Array(filter.length);
  const size = side + 2;
  const square = (length: number, value: (row: number, column: number) => number): Square =>
    Array.from({ length }, (_, row) => Array.from({ length }, (__, column) => value(row, column)));
  const add = (to: Square, a: Square, b: Square) => {
    for (const [i, row] of to.entries()) for (const j of row.keys()) row[j]! += a[i]![j]! * b[i]![j]!;
  };
  const inImage = (n: number, row: number, column: number) =>
    row >= 0 && column >= 0 && row < height && column < width
      ? ((n * height + row) * width + column) * inputs
      : undefined;
  const inOutput = (n: number, row: number, column: number) =>
    row < outHeight && column < outWidth ? ((n * outHeight + row) * outWidth + column) * outputs : undefined;
  const magnitude = (values: Float32Array, at: number | undefined, channel: number) =>
    at === undefined ? 0 : Math.abs(values[at + channel]!);
  const zeros = () => square(size, () => 0);
  const filters = Array.from({ length: inputs }, (_, i) =>
    Array.from({ length: outputs }, (__, o) =>
      transform(
        taps,
        square(3, (row, column) => Math.abs(filter[((row * 3 + column) * inputs + i) * outputs + o]!)),
      ),
    ),
  );
  const filterSums = filters.map((row) => row.map(zeros));
  for (let n = 0; n < batch; n++) {
    for (let row = 0; row < outHeight; row += side) {
      for (let column = 0; column < outWidth; column += side) {
        const images = Array.from({ length: inputs }, (_, i) =>
          transform(
            inward,
            square(size, (a, b) => magnitude(x, inImage(n, row + a - top, column + b - left), i)),
          ),
        );
        const cotangents = Array.from({ length: outputs }, (_, o) =>
          transform(
            transposed(outward),
            square(side, (a, b) => magnitude(dy, inOutput(n, row + a, column + b), o)),
          ),
        );
        const outputSums = cotangents.map(zeros);
        const inputSums = images.map(zeros);
        for (let i = 0; i < inputs; i++) {
          for (let o = 0; o < outputs; o++) {
            add(outputSums[o]!, images[i]!, filters[i]![o]!);
            add(inputSums[i]!, cotangents[o]!, filters[i]![o]!);
            add(filterSums[i]![o]!, images[i]!, cotangents[o]!);
          }
        }
        for (const [o, sums] of outputSums.entries()) {
          for (const [value, a, b] of entriesOf(transform(outward, sums))) {
            const at = inOutput(n, row + a, column + b);
            if (at !== undefined) y[at + o]! += value;
          }
        }
        for (const [i, sums] of inputSums.entries()) {
          for (const [value, a, b] of entriesOf(transform(transposed(inward), sums))) {
            const at = inImage(n, row + a - top, column + b - left);
            if (at !== undefined) dx[at + i]! += value;
          }
        }
      }
    }
  }
  for (const [i, row] of filterSums.entries()) {
    for (const [o, sums] of row.entries()) {
      for (const [value, a, b] of entriesOf(transform(transposed(taps), sums))) {
        dFilter[((a * 3 + b) * inputs + i) * outputs + o]! += value;
      }
    }
  }
  return { y, dx, dFilter };
}
