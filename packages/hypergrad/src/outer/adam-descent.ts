import { decayOf, positive } from '../check-number.js';
import type { OuterOptimizer } from '../types.js';
import { START } from './start.js';

/** Moments of `adamDescent`, plain data. */
export interface AdamDescentState {
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly step: number;
}

/**
 * Adam on the metaparameters: λ − η m̂ / (√n̂ + ε), the moments m, n of the hypergradients bias-corrected.
 *
 * @param options.learningRate η > 0.
 * @param options.firstDecay β₁ in [0, 1), by default 0.9.
 * @param options.secondDecay β₂ in [0, 1), by default 0.999.
 * @throws RangeError where one is outside.
 * @see Kingma, Ba (2015), algorithm 1.
 */
export function adamDescent(options: {
  readonly learningRate: number;
  readonly firstDecay?: number;
  readonly secondDecay?: number;
}): OuterOptimizer<AdamDescentState> {
  const firstDecay = decayOf('adamDescent', 'firstDecay', options.firstDecay ?? 0.9);
  const secondDecay = decayOf('adamDescent', 'secondDecay', options.secondDecay ?? 0.999);
  const learningRate = positive('adamDescent', 'learningRate', options.learningRate, START);
  const epsilon = 1e-8;
  return {
    name: 'adamDescent',
    initialize: (metaparameters) => ({
      first: metaparameters.map(() => 0),
      second: metaparameters.map(() => 0),
      step: 0,
    }),
    update(metaparameters, gradient, state) {
      const step = state.step + 1;
      const average = (past: readonly number[], decay: number, power: number): number[] =>
        past.map((moment, j) => decay * moment + (1 - decay) * (gradient[j] as number) ** power);
      const first = average(state.first, firstDecay, 1);
      const second = average(state.second, secondDecay, 2);
      const rate = learningRate / (1 - firstDecay ** step);
      const root = (moment: number): number => Math.sqrt(moment / (1 - secondDecay ** step));
      return {
        metaparameters: metaparameters.map(
          (value, j) => value - (rate * (first[j] as number)) / (root(second[j] as number) + epsilon),
        ),
        state: { first, second, step },
      };
    },
  };
}
