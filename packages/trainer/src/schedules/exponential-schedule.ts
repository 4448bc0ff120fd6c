import { checkOptions, describeValue } from '@metadistill/options';
import { checkIterations, checkRate, type Schedule } from './schedule.js';

export interface ExponentialScheduleOptions {
  /** The value of the first `every` iterations. */
  readonly from: number;
  /** Above 0. */
  readonly factor: number;
  /** Iterations from one step to the next, at least 1. */
  readonly every: number;
}

/**
 * Steps: from · factor^⌊iteration / every⌋, as PyTorch's `StepLR` does when it counts iterations.
 *
 *     exponentialSchedule({ from: 1, factor: 0.5, every: 10 * batchesPerEpoch }) // half as much every 10 epochs
 *
 * @throws RangeError if `every` is not an integer of at least 1, the factor is not above 0 or `from` is below 0;
 *   TypeError for an unknown option.
 */
export function exponentialSchedule(options: ExponentialScheduleOptions): Schedule {
  checkOptions('exponentialSchedule', options, { from: true, factor: true, every: true });
  const { from, factor, every } = options;
  checkRate('exponentialSchedule', 'from', from);
  checkIterations('exponentialSchedule', 'every', every);
  if (!(factor > 0 && Number.isFinite(factor))) {
    throw new RangeError(
      `exponentialSchedule: factor is ${describeValue(factor)}; expected a finite number above 0.`,
    );
  }
  return (iteration) => from * factor ** Math.floor(iteration / every);
}
