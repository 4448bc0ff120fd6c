import { add, div, maximum, mul, sqrt, square, sub, sum, type Tensor2D } from '@tensorflow/tfjs-core';

/** A row shorter than this counts as zero, and its derivative as zero with it: √ has none there. */
const SHORTEST = 1e-18;

/** Rows x/(‖x‖ + ε) `[rows, columns]`, and the transposed Jacobian that brings a cotangent back to x. */
export interface NormalizedRows {
  readonly rows: Tensor2D;
  /** (g − y (y·g)(‖x‖ + ε)/‖x‖) / (‖x‖ + ε), y the normalised row. */
  pullBack(cotangent: Tensor2D): Tensor2D;
}

/** Scales rows to unit length. Made inside the caller's `tidy`. */
export function normalizeRows(x: Tensor2D, epsilon: number): NormalizedRows {
  const length = maximum<Tensor2D>(sqrt(sum(square(x), 1, true)), SHORTEST);
  const scale = add<Tensor2D>(length, epsilon);
  const rows = div<Tensor2D>(x, scale);
  const direction = div<Tensor2D>(x, length);
  return {
    rows,
    pullBack: (cotangent) => {
      const overlap = sum(mul(rows, cotangent), 1, true);
      return sub(div(cotangent, scale), div(mul(direction, overlap), scale));
    },
  };
}
