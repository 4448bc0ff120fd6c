import type { Vector } from '../types.js';

/** Closed intervals `[low, high]`, one per number of the `Vector`, in order: `[[0, 1], [0.1, 10]]`. */
export type Bounds = readonly (readonly [low: number, high: number])[];

/**
 * Moves each metaparameter to the nearest point of its interval.
 *
 * @throws RangeError if there are more metaparameters than intervals or fewer.
 */
export function projectOntoBox(metaparameters: Vector, bounds: Bounds): Vector {
  if (metaparameters.length !== bounds.length) {
    throw new RangeError(
      `projectOntoBox: metaparameters has ${metaparameters.length} values; expected ${bounds.length}, one per ` +
        'interval of bounds. Give both in the same order.',
    );
  }
  return bounds.map(([low, high], i) => Math.min(high, Math.max(low, metaparameters[i] as number)));
}

/** @throws RangeError if an interval has low > high or an end is NaN. */
export function checkBounds(caller: string, bounds: Bounds): void {
  bounds.forEach(([low, high], i) => {
    if (typeof low !== 'number' || typeof high !== 'number' || !(low <= high)) {
      throw new RangeError(`${caller}: bounds[${i}] is [${low}, ${high}]; expected low <= high.`);
    }
  });
}
