import { mean, mul, type Scalar, sum, type Tensor1D } from '@tensorflow/tfjs-core';

/** The mean of a number of each example `[batch]`, or Σ_b weight_b x_b. */
export const averaged = (rows: Tensor1D, exampleWeights?: Tensor1D): Scalar =>
  exampleWeights ? sum(mul(rows, exampleWeights)) : mean(rows);
