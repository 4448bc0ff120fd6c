import { checkOptions } from '@metadistill/options';
import type { OuterOptimizer } from '../types.js';
import { checkLearningRate } from './check-learning-rate.js';

export interface SignDescentOptions {
  /** η > 0: how far every component moves. */
  readonly learningRate: number;
}

/**
 * λ − η sign(h): every component moves by η, whatever the size of its hypergradient.
 *
 * With the paper's clip value most of its steps are of this kind.
 *
 * @throws RangeError if the learning rate is not positive, TypeError if an option is unknown.
 */
export function signDescent(options: SignDescentOptions): OuterOptimizer {
  checkOptions<SignDescentOptions>('signDescent', options, { learningRate: true });
  const learningRate = checkLearningRate('signDescent', options.learningRate);
  return {
    name: 'signDescent',
    initialize: () => null,
    update: (metaparameters, gradient, state) => ({
      metaparameters: metaparameters.map(
        (value, j) => value - learningRate * Math.sign(gradient[j] as number),
      ),
      state,
    }),
  };
}
