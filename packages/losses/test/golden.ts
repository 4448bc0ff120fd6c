import type { Batch } from './evaluate-loss.js';

/** The batch that the float64 golden values of these tests are computed on, outside this code base. */
export const goldenBatch: Batch = {
  student: [
    [1, 0.5, -0.5],
    [0.2, 1.4, 0.3],
  ],
  teacher: [
    [3, 1, -2],
    [-1, 2, 0.5],
  ],
  labels: [0, 2],
};

// Golden values are printed to six decimals.
export const GOLDEN_DECIMALS = 6;
