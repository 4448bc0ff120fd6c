import { positive } from '../check-number.js';
import type { OuterOptimizer } from '../types.js';
import { START } from './start.js';

/**
 * Gradient descent on the metaparameters, λ − η clip(h), each component of h clipped to ±`clipValue` first.
 *
 * The paper moves its metaparameters this way with `clipValue` 0.01: with η = 0.1 no step is longer than 0.001.
 *
 * @param options.learningRate η > 0.
 * @param options.clipValue positive; without it nothing is clipped.
 */
export function gradientDescent(options: {
  readonly learningRate: number;
  readonly clipValue?: number;
}): OuterOptimizer {
  const learningRate = positive('gradientDescent', 'learningRate', options.learningRate, START);
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
