import { describeMetaparameters } from '@metadistill/hypergrad';
import type { Metaparameters } from '@metadistill/losses';

/** A number of a training stopped being finite. Nothing was updated by the iteration that it names. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
  readonly iteration: number;
  readonly metaparameters: Metaparameters;

  constructor(quantity: string, value: number, iteration: number, metaparameters: Metaparameters) {
    const at = describeMetaparameters(metaparameters);
    super(
      `train: ${quantity} is ${value} at iteration ${iteration}${at && `, with ${at}`}; ` +
        'expected a finite number. Lower the learning rate, or bound the temperature from below.',
    );
    this.iteration = iteration;
    this.metaparameters = metaparameters;
  }
}
