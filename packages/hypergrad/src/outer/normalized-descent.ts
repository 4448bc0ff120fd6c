import { positive } from '../check-number.js';
import type { OuterOptimizer } from '../types.js';
import { START } from './start.js';

/** λ − η h / ‖h‖: a step of length η along the hypergradient; none where it is zero. */
export function normalizedDescent(options: { readonly learningRate: number }): OuterOptimizer {
  const learningRate = positive('normalizedDescent', 'learningRate', options.learningRate, START);
  return {
    name: 'normalizedDescent',
    initialize: () => null,
    update(metaparameters, gradient, state) {
      const norm = Math.hypot(...gradient);
      const scale = norm > 0 ? learningRate / norm : 0;
      return {
        metaparameters: metaparameters.map((value, j) => value - scale * (gradient[j] as number)),
        state,
      };
    },
  };
}
