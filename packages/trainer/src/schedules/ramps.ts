import { checkOptions } from '@metadistill/options';
import { checkIterations, checkRate, type Ramp, type Schedule } from './schedule.js';

export type LinearScheduleOptions = Ramp;
export type CosineScheduleOptions = Ramp;

/**
 * A straight line from one value to another, then level.
 *
 *     linearSchedule({ from: 0.1, to: 0, iterations: epochs * batchesPerEpoch })
 *
 * @throws RangeError if `iterations` is not an integer of at least 1, or an end is not a finite number of at least 0;
 *   TypeError for an unknown option.
 */
export function linearSchedule(options: LinearScheduleOptions): Schedule {
  const { from, to, iterations } = checkRamp('linearSchedule', options);
  return (iteration) => from + (to - from) * Math.min(1, iteration / iterations);
}

/**
 * Half a cosine from one value to another, flat at both ends, then level.
 *
 *     cosineSchedule({ from: 0.1, to: 0, iterations: epochs * batchesPerEpoch })
 *
 * @throws RangeError if `iterations` is not an integer of at least 1, or an end is not a finite number of at least 0;
 *   TypeError for an unknown option.
 * @see Loshchilov, Hutter (2017), SGDR: stochastic gradient descent with warm restarts, equation 5.
 */
export function cosineSchedule(options: CosineScheduleOptions): Schedule {
  const { from, to, iterations } = checkRamp('cosineSchedule', options);
  return (iteration) =>
    to + ((from - to) * (1 + Math.cos(Math.PI * Math.min(1, iteration / iterations)))) / 2;
}

function checkRamp(caller: string, options: Ramp): Ramp {
  checkOptions(caller, options, { from: true, to: true, iterations: true });
  checkRate(caller, 'from', options.from);
  checkRate(caller, 'to', options.to);
  checkIterations(caller, 'iterations', options.iterations);
  return options;
}
