import { checkOptions } from '@metadistill/options';
import { decayRate } from '../check-number.js';
import type { OuterOptimizer } from '../types.js';
import { checkLearningRate } from './check-learning-rate.js';

export interface AdamDescentOptions {
  /** η > 0. */
  readonly learningRate: number;
  /** β₁ in [0, 1), the decay rate of the first moments; default 0.9. */
  readonly beta1?: number;
  /** β₂ in [0, 1), the decay rate of the second moments; default 0.999. */
  readonly beta2?: number;
}

/** Moments: plain data, which snapshots keep by these names. */
interface AdamDescentState {
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly step: number;
}

/**
 * Adam on the metaparameters: λ − η m̂ / (√n̂ + ε), the moments m, n of the hypergradients bias-corrected.
 *
 * @throws RangeError if an option is outside its range, TypeError if it is unknown.
 * @see Kingma, Ba (2015), algorithm 1.
 */
export function adamDescent(options: AdamDescentOptions): OuterOptimizer {
  checkOptions<AdamDescentOptions>('adamDescent', options, { learningRate: true, beta1: true, beta2: true });
  const beta1 = decayRate('adamDescent', 'beta1', options.beta1 ?? 0.9);
  const beta2 = decayRate('adamDescent', 'beta2', options.beta2 ?? 0.999);
  const learningRate = checkLearningRate('adamDescent', options.learningRate);
  const epsilon = 1e-8;
  const optimizer: OuterOptimizer<AdamDescentState> = {
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
      const first = average(state.first, beta1, 1);
      const second = average(state.second, beta2, 2);
      const rate = learningRate / (1 - beta1 ** step);
      const root = (moment: number): number => Math.sqrt(moment / (1 - beta2 ** step));
      return {
        metaparameters: metaparameters.map(
          (value, j) => value - (rate * (first[j] as number)) / (root(second[j] as number) + epsilon),
        ),
        state: { first, second, step },
      };
    },
  };
  return optimizer as OuterOptimizer;
}
