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
  /**
   * Leaves alone what has a hypergradient of exactly 0: its value, its moments and its number of steps. For arrays of which
   * a batch touches a part, such as a weight for each example; default false.
   */
  readonly sparse?: boolean;
}

/** Moments: plain data, which snapshots keep by these names. */
interface AdamDescentState {
  readonly first: readonly number[];
  readonly second: readonly number[];
  /** Updates so far; of each number if they differ. */
  readonly step: number | readonly number[];
}

/**
 * Adam on the metaparameters: λ − η m̂ / (√n̂ + ε), the moments m, n of the hypergradients bias-corrected.
 *
 * With `sparse` each number has its own count of steps, which corrects its bias: one that a batch does not touch neither
 * coasts along its moments nor forgets them.
 *
 * @throws RangeError if an option is outside its range, TypeError if it is unknown.
 * @see Kingma, Ba (2015), algorithm 1.
 */
export function adamDescent(options: AdamDescentOptions): OuterOptimizer {
  checkOptions<AdamDescentOptions>('adamDescent', options, {
    learningRate: true,
    beta1: true,
    beta2: true,
    sparse: true,
  });
  const beta1 = decayRate('adamDescent', 'beta1', options.beta1 ?? 0.9);
  const beta2 = decayRate('adamDescent', 'beta2', options.beta2 ?? 0.999);
  const learningRate = checkLearningRate('adamDescent', options.learningRate);
  const { sparse = false } = options;
  const epsilon = 1e-8;
  const optimizer: OuterOptimizer<AdamDescentState> = {
    name: sparse ? 'adamDescent(sparse)' : 'adamDescent',
    initialize: (metaparameters) => ({
      first: metaparameters.map(() => 0),
      second: metaparameters.map(() => 0),
      step: sparse ? metaparameters.map(() => 0) : 0,
    }),
    update(metaparameters, gradient, state) {
      const [values, first, second] = [metaparameters.slice(), state.first.slice(), state.second.slice()];
      // A state of the other kind is taken over: a count for all stands for each.
      const perNumber = sparse || typeof state.step !== 'number';
      const steps =
        typeof state.step === 'number' ? values.map(() => state.step as number) : state.step.slice();
      // Powers are taken once for all numbers that have made as many steps.
      let [corrected, rate, correction2] = [0, 0, 0];
      for (let j = 0; j < values.length; j++) {
        const slope = gradient[j] as number;
        if (sparse && slope === 0) continue;
        const step = (steps[j] as number) + 1;
        if (step !== corrected) {
          corrected = step;
          rate = learningRate / (1 - beta1 ** step);
          correction2 = 1 - beta2 ** step;
        }
        const m = beta1 * (first[j] as number) + (1 - beta1) * slope;
        const n = beta2 * (second[j] as number) + (1 - beta2) * (slope * slope);
        steps[j] = step;
        first[j] = m;
        second[j] = n;
        values[j] = (values[j] as number) - (rate * m) / (Math.sqrt(n / correction2) + epsilon);
      }
      const step = perNumber ? steps : (state.step as number) + 1;
      return { metaparameters: values, state: { first, second, step } };
    },
  };
  return optimizer as OuterOptimizer;
}
