import { describeMetaparameters } from '@metadistill/hypergrad';
import type { Metaparameters } from '@metadistill/losses';

/** A number of a training stopped being finite. Nothing was updated by the iteration that it names. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
  readonly iteration: number;
  readonly metaparameters: Metaparameters;

  /** @param isTuned whether the metaparameters move. */
  constructor(
    quantity: string,
    value: number,
    iteration: number,
    metaparameters: Metaparameters,
    isTuned = false,
  ) {
    const at = describeMetaparameters(metaparameters);
    super(
      `train: ${quantity} is ${value} at iteration ${iteration}${at && `, with ${at}`}; ` +
        `expected a finite number. Lower the learning rate${isTuned ? ', or bound the temperature from below' : ''}.`,
    );
    this.iteration = iteration;
    this.metaparameters = metaparameters;
  }
}
