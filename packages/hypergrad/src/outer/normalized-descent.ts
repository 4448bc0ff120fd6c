import { checkOptions } from '@metadistill/options';
import type { OuterOptimizer } from '../types.js';
import { checkLearningRate } from './check-learning-rate.js';

export interface NormalizedDescentOptions {
  /** η > 0: the length of every step. */
  readonly learningRate: number;
}

/**
 * λ − η h / ‖h‖: a step of length η against the hypergradient; no step if it is zero.
 *
 * @throws RangeError if the learning rate is not positive, TypeError if an option is unknown.
 */
export function normalizedDescent(options: NormalizedDescentOptions): OuterOptimizer {
  checkOptions<NormalizedDescentOptions>('normalizedDescent', options, { learningRate: true });
  const learningRate = checkLearningRate('normalizedDescent', options.learningRate);
  return {
    name: 'normalizedDescent',
    initialize: () => null,
    update(metaparameters, gradient, state) {
      // In steps, as hundreds of thousands of numbers are too many arguments for one call.
      const norm = gradient.reduce((length, slope) => Math.hypot(length, slope), 0);
      const scale = norm > 0 ? learningRate / norm : 0;
      return {
        metaparameters: metaparameters.map((value, j) => value - scale * (gradient[j] as number)),
        state,
      };
    },
  };
}
