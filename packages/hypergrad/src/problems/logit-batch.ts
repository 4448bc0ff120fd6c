import type { Targets } from '@metadistill/losses';
import { checkPart } from '@metadistill/options';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Inputs `[batch, ...inputShape]` with what their logits are compared with. */
export interface LogitBatch extends Targets {
  readonly inputs: Tensor;
}

/** @throws TypeError, RangeError if inputs or labels are missing, or a label is not in 0..classes-1. */
export async function checkLogitBatch(batch: LogitBatch, name: string, classes: number): Promise<void> {
  checkPart('hypergradient', name, batch, 'batch');
  const labels = await batch.labels.data();
  const row = labels.findIndex((label) => !(label >= 0 && label < classes));
  if (row < 0) return;
  throw new RangeError(
    `hypergradient: the label of row ${row} of ${name} is ${labels[row]}; expected an integer, 0 to ${classes - 1}. ` +
      'Count the classes from 0.',
  );
}
