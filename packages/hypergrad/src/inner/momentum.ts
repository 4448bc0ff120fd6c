import { addScaled, zeroTensors } from '@metadistill/models';
import { add, mul, type Tensor } from '@tensorflow/tfjs-core';
import type { InnerOptimizer } from '../types.js';

/**
 * Gradient descent with momentum as PyTorch's SGD has it: m' = μ m + g, w' = w − γ m'; with Nesterov's look-ahead
 * w' = w − γ (g + μ m').
 *
 * ∂w'/∂g = −γ, or −γ (1 + μ) with Nesterov.
 *
 * @param options.momentum μ, 0 <= μ < 1.
 * @throws RangeError where it is not.
 */
export function momentum(options: {
  readonly momentum: number;
  readonly nesterov?: boolean;
}): InnerOptimizer {
  const { momentum: decay, nesterov = false } = options;
  if (!(decay >= 0 && decay < 1)) {
    throw new RangeError(`momentum: momentum is ${decay}; expected a number in [0, 1). 0.9 is common.`);
  }
  return {
    name: nesterov ? 'nesterov' : 'momentum',
    initialize: zeroTensors,
    step({ parameters, gradient, state, learningRate }) {
      const moments = state.map((moment, i) => add(mul(moment, decay), gradient[i] as Tensor));
      const directions = nesterov ? addScaled(gradient, moments, decay) : moments;
      return { parameters: addScaled(parameters, directions, -learningRate), state: moments };
    },
    pullBack: ({ learningRate }, cotangent) =>
      cotangent.map((tensor) => mul(tensor, -learningRate * (nesterov ? 1 + decay : 1))),
  };
}
