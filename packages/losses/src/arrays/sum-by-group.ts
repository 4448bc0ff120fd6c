import { reshape, scatterND, type Tensor1D } from '@tensorflow/tfjs-core';

/**
 * Σ of the rows of each group, `[count]`, for `[batch]` values and their `[batch]` int32 groups, 0 <= group < count.
 *
 * `scatterND` adds up what lands on one index, on every backend. It takes time in batch + count, while one-hot rows
 * would take batch · count, and `unsortedSegmentSum` has no kernel on wasm.
 */
export const sumByGroup = (rows: Tensor1D, groups: Tensor1D, count: number): Tensor1D =>
  scatterND(reshape(groups, [-1, 1]), rows, [count]);
