import { add, mean, mul, rsqrt, square, sub, type Tensor2D } from '@tensorflow/tfjs-core';

/** Rows normalised by their own moments. */
export interface NormalisedRows {
  /** x̂ = (x − μ) s, `[rows, values]`. */
  readonly normalised: Tensor2D;
  /** s = 1 / √(σ² + ε), `[rows, 1]`. */
  readonly deviation: Tensor2D;
}

/** Each row less its mean, divided by the root of its biased variance plus ε. Tensors live in the caller's `tidy`. */
export function normaliseRows(rows: Tensor2D, epsilon: number): NormalisedRows {
  const centred = sub(rows, mean(rows, 1, true));
  const deviation: Tensor2D = rsqrt(add(mean(square(centred), 1, true), epsilon));
  return { normalised: mul(centred, deviation), deviation };
}

/** P v = v − mean(v) − x̂ mean(v x̂) in each row: s P is the derivative of x̂, symmetric. In the caller's `tidy`. */
export const projectRows = (values: Tensor2D, { normalised }: NormalisedRows): Tensor2D =>
  sub(sub(values, mean(values, 1, true)), mul(normalised, overlapOfRows(values, normalised)));

/** mean(a b) in each row, `[rows, 1]`. */
export const overlapOfRows = (a: Tensor2D, b: Tensor2D): Tensor2D => mean(mul(a, b), 1, true);
