import type { Metaparameters } from '@metadistill/losses';

/** A number of a training stopped being finite. Nothing was updated by the iteration that it names. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
  readonly iteration: number;
  readonly metaparameters: Metaparameters;

  constructor(quantity: string, value: number, iteration: number, metaparameters: Metaparameters) {
    const at = Object.entries(metaparameters).map(([name, number]) => `${name} ${number}`);
    super(
      `train: ${quantity} is ${value} at iteration ${iteration}${at.length > 0 ? `, with ${at.join(', ')}` : ''}; ` +
        'expected a finite number. Lower the learning rate, or bound the temperature from below.',
    );
    this.iteration = iteration;
    this.metaparameters = metaparameters;
  }
}
