import { describeValue } from '@metadistill/options';
import { positive } from '../check-number.js';

/** The options of solvers that iterate. */
export interface IterationOptions {
  /** Hessian-vector products at most, an integer of at least 0; default 10. */
  readonly iterations?: number;
  /**
   * Stops at this ‖v − H x‖ / ‖v‖, a positive number. Reads one number back per product, synchronously, so not for WebGPU.
   * By default all products are made.
   */
  readonly tolerance?: number;
}

/** The options with their defaults. @throws RangeError if one is outside its range. */
export function checkedIterations(
  solver: string,
  { iterations = 10, tolerance }: IterationOptions,
): { readonly iterations: number; readonly tolerance: number | undefined } {
  if (!(Number.isInteger(iterations) && iterations >= 0)) {
    throw new RangeError(
      `${solver}: iterations is ${describeValue(iterations)}; expected an integer of at least 0. Leave it out for 10.`,
    );
  }
  if (tolerance !== undefined) {
    positive(solver, 'tolerance', tolerance, 'Leave it out to make all iterations.');
  }
  return { iterations, tolerance };
}
