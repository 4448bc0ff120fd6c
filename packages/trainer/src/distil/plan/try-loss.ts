import type { LogitLoss, Metaparameters } from '@metadistill/losses';
import { tidy, zeros } from '@tensorflow/tfjs-core';
import type { MiniBatches } from '../../batches/mini-batches.js';

/** Where a loss is tried. */
interface Trial<Name extends string> {
  readonly batches: MiniBatches;
  readonly classes: number;
  readonly metaparameters: Metaparameters<Name>;
}

/**
 * Evaluates a loss once on logits of zero, so that what does not fit it is known before the first step: counts of classes and
 * groups, targets that it misses.
 *
 * @throws TypeError, RangeError that names the option, with what the loss says.
 */
export function tryLoss<Name extends string>(
  option: string,
  loss: LogitLoss<Name>,
  { batches, classes, metaparameters }: Trial<Name>,
): void {
  const batch = batches.at(0);
  try {
    tidy(() => {
      loss.valueAndGradient(zeros([batch.indices.length, classes]), batch, metaparameters);
    });
  } catch (cause) {
    const Kind = cause instanceof TypeError ? TypeError : RangeError;
    throw new Kind(`distil: ${option} does not fit: ${(cause as Error).message}`, { cause });
  } finally {
    batches.release(batch);
  }
}
