import { inFloat64 } from '@metadistill/testing';
import type { LogitLoss, Metaparameters } from '../src/types.js';
import { type Batch, evaluateLoss } from './evaluate-loss.js';

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

/** A loss's value on the golden batch in float64, so that all six decimals can be compared. */
export const goldenValue = <Name extends string>(
  loss: LogitLoss<Name>,
  metaparameters: Metaparameters<Name>,
): number => inFloat64(() => evaluateLoss(loss, goldenBatch, metaparameters).value);
