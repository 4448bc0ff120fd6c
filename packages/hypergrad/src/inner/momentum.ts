import { addScaled, zeroTensors } from '@metadistill/models';
import { clone, mul } from '@tensorflow/tfjs-core';
import type { InnerOptimizer } from '../types.js';
import { checkState, shapesOf } from './check-state.js';

/**
 * Gradient descent with momentum as PyTorch's SGD has it: m' = μ m + g, w' = w − γ m'; with Nesterov's look-ahead
 * w' = w − γ (g + μ m').
 *
 * ∂w'/∂g = −γ, or −γ (1 + μ) with Nesterov.
 *
 * @param options.momentum μ, 0 <= μ < 1.
 * @throws RangeError where it is not; on use, where the state is not of these parameters.
 */
export function momentum(options: {
  readonly momentum: number;
  readonly nesterov?: boolean;
}): InnerOptimizer {
  const { momentum: decay, nesterov = false } = options;
  if (!(decay >= 0 && decay < 1)) {
    throw new RangeError(`momentum: momentum is ${decay}; expected a number in [0, 1). 0.9 is common.`);
  }
  const name = nesterov ? 'nesterov' : 'momentum';
  // w' = w − γ (a g + b m')
  const [ofGradient, ofMoment] = nesterov ? [1, decay] : [0, 1];
  return {
    name,
    initialize: zeroTensors,
    step({ parameters, gradient, state, learningRate }) {
      checkState(name, state, shapesOf(parameters));
      const moments = addScaled(gradient, state, decay);
      const directions = nesterov ? addScaled(gradient, moments, decay) : moments;
      return { parameters: addScaled(parameters, directions, -learningRate), state: moments };
    },
    vjp({ learningRate }, { parameters, state }) {
      const ofMoments = parameters.map((v) => mul(v, -learningRate * ofMoment));
      const moments = state ? addScaled(ofMoments, state, 1) : ofMoments;
      return {
        parameters: parameters.map((v) => clone(v)),
        gradient: addScaled(moments, parameters, -learningRate * ofGradient),
        state: moments.map((moment) => mul(moment, decay)),
      };
    },
    jvp({ learningRate }, { parameters, gradient, state }) {
      const moments = addScaled(gradient, state, decay);
      const directions = nesterov ? addScaled(gradient, moments, decay) : moments;
      return { parameters: addScaled(parameters, directions, -learningRate), state: moments };
    },
  };
}
