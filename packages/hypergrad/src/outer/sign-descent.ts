import { positive } from '../check-number.js';
import type { OuterOptimizer } from '../types.js';
import { START } from './start.js';

/**
 * λ − η sign(h): every component moves by η, whatever the size of its hypergradient.
 *
 * With the paper's clip value most of its steps are of this kind.
 *
 * @param options.learningRate η > 0.
 */
export function signDescent(options: { readonly learningRate: number }): OuterOptimizer {
  const learningRate = positive('signDescent', 'learningRate', options.learningRate, START);
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
