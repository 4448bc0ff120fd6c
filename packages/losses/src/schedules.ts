/** The value of a weight, temperature or learning rate at an iteration, counted from 0. */
export type Schedule = (iteration: number) => number;

/** Where a schedule starts, where it ends, and after how many iterations it stays there. */
export interface Ramp {
  readonly from: number;
  readonly to: number;
  /** At least 1. */
  readonly iterations: number;
}

/** The same value at every iteration, from 0 on. */
export const constantSchedule =
  (value: number): Schedule =>
  () =>
    value;

/**
 * A straight line from one value to another, then level.
 * @throws RangeError where the iterations are not an integer of at least 1.
 */
export function linearSchedule({ from, to, iterations }: Ramp): Schedule {
  checkIterations('linearSchedule', 'iterations', iterations);
  return (iteration) => from + (to - from) * Math.min(1, iteration / iterations);
}

/**
 * Half a cosine from one value to another, flat at both ends, then level.
 * @throws RangeError where the iterations are not an integer of at least 1.
 * @see Loshchilov, Hutter (2017), SGDR: stochastic gradient descent with warm restarts, equation 5.
 */
export function cosineSchedule({ from, to, iterations }: Ramp): Schedule {
  checkIterations('cosineSchedule', 'iterations', iterations);
  return (iteration) =>
    to + ((from - to) * (1 + Math.cos(Math.PI * Math.min(1, iteration / iterations)))) / 2;
}

/**
 * Multiplies by a factor after every so many iterations: 0.5 every 10 epochs, say.
 * @throws RangeError where the factor is not above 0 or `every` is not an integer of at least 1.
 */
export function exponentialSchedule(options: {
  readonly from: number;
  readonly factor: number;
  readonly every: number;
}): Schedule {
  const { from, factor, every } = options;
  checkIterations('exponentialSchedule', 'every', every);
  if (!(factor > 0 && Number.isFinite(factor))) {
    throw new RangeError(`exponentialSchedule: factor is ${factor}; expected a finite number above 0.`);
  }
  return (iteration) => from * factor ** Math.floor(iteration / every);
}

/**
 * Another schedule, scaled up from 0 in proportion over the first iterations: min(iteration/iterations, 1) of it.
 * @throws RangeError where the iterations are not an integer of at least 1.
 * @see Goyal et al. (2017), Accurate, large minibatch SGD, section 2.2; Zhao et al. (2022) for the weight of DKD.
 */
export function warmUp(schedule: Schedule, iterations: number): Schedule {
  checkIterations('warmUp', 'iterations', iterations);
  return (iteration) => Math.min(1, iteration / iterations) * schedule(iteration);
}

function checkIterations(caller: string, name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(
      `${caller}: ${name} is ${value}; expected an integer of at least 1. Count iterations, not epochs.`,
    );
  }
}
