import type { Targets } from '@metadistill/losses';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Inputs `[batch, ...inputShape]` with what their logits are compared with. */
export interface LogitBatch extends Targets {
  readonly inputs: Tensor;
}
