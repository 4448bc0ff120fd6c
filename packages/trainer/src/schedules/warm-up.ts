import { checkOptions, checkPart } from '@metadistill/options';
import { checkIterations, type Schedule } from './schedule.js';

export interface WarmUpOptions {
  /** Iterations until the schedule is followed as it is, at least 1. */
  readonly iterations: number;
}

/**
 * Another schedule, scaled up from 0: min(1, iteration / iterations) · schedule(iteration).
 *
 *     warmUp(cosineSchedule({ from: 0.1, to: 0, iterations: 5000 }), { iterations: 200 })
 *
 * @throws RangeError if `iterations` is not an integer of at least 1; TypeError for an unknown option.
 * @see Goyal et al. (2017), Accurate, large minibatch SGD, section 2.2.
 */
export function warmUp(schedule: Schedule, options: WarmUpOptions): Schedule {
  checkPart('warmUp', 'schedule', schedule, 'schedule');
  checkOptions('warmUp', options, { iterations: true });
  const { iterations } = options;
  checkIterations('warmUp', 'iterations', iterations);
  return (iteration) => Math.min(1, iteration / iterations) * schedule(iteration);
}
