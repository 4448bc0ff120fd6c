import { checkOptions } from '@metadistill/options';
import { positive } from '../check-number.js';
import type { OuterOptimizer } from '../types.js';
import { checkLearningRate } from './check-learning-rate.js';

export interface GradientDescentOptions {
  /** η > 0. */
  readonly learningRate: number;
  /** Clips each component of the hypergradient to ±`clipValue`, a positive number; by default nothing is clipped. */
  readonly clipValue?: number;
}

/**
 * Gradient descent on the metaparameters, λ − η clip(h), each component of h clipped to ±`clipValue` first.
 *
 * The paper moves its metaparameters this way with `clipValue` 0.01: with η = 0.1 no step is longer than 0.001.
 *
 * @throws RangeError if an option is outside its range, TypeError if it is unknown.
 */
export function gradientDescent(options: GradientDescentOptions): OuterOptimizer {
  checkOptions<GradientDescentOptions>('gradientDescent', options, { learningRate: true, clipValue: true });
  const learningRate = checkLearningRate('gradientDescent', options.learningRate);
  const { clipValue } = options;
  const limit =
    clipValue === undefined ? Number.POSITIVE_INFINITY : positive('gradientDescent', 'clipValue', clipValue);
  return {
    name: 'gradientDescent',
    initialize: () => null,
    update: (metaparameters, gradient, state) => ({
      metaparameters: metaparameters.map(
        (value, j) => value - learningRate * Math.max(-limit, Math.min(limit, gradient[j] as number)),
      ),
      state,
    }),
  };
}
