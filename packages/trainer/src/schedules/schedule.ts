import { describeValue } from '@metadistill/options';
/** The learning rate of an iteration, counted from 0: what `train` and `distil` take as `learningRate`. */
export type Schedule = (iteration: number) => number;

/** A change from one value to another, which stays there after so many iterations. */
export interface Ramp {
  readonly from: number;
  readonly to: number;
  /** At least 1. */
  readonly iterations: number;
}

/** @throws RangeError if a number of iterations is not an integer of at least 1. */
export function checkIterations(caller: string, name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(
      `${caller}: ${name} is ${describeValue(value)}; expected an integer of at least 1. Count iterations, not epochs.`,
    );
  }
}

/** @throws RangeError if a learning rate is not a finite number of at least 0. */
export function checkRate(caller: string, name: string, value: number): void {
  if (!(value >= 0 && Number.isFinite(value))) {
    throw new RangeError(
      `${caller}: ${name} is ${describeValue(value)}; expected a finite number of at least 0.`,
    );
  }
}
