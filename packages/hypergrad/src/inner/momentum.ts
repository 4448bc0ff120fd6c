import { addScaled, scoped, zeroTensors } from '@metadistill/models';
import { checkOptions } from '@metadistill/options';
import { clone, mul } from '@tensorflow/tfjs-core';
import { decayRate } from '../check-number.js';
import type { InnerOptimizer } from '../types.js';
import { checkState, shapesOf } from './check-state.js';

export interface MomentumOptions {
  /** μ, 0 <= μ < 1. */
  readonly momentum: number;
  /** Looks ahead as Nesterov's method does; default false. */
  readonly nesterov?: boolean;
}

/**
 * Gradient descent with momentum as PyTorch's SGD has it: m' = μ m + g, w' = w − γ m'; with Nesterov's look-ahead
 * w' = w − γ (g + μ m').
 *
 * ∂w'/∂g = −γ, or −γ (1 + μ) with Nesterov.
 *
 * @throws RangeError if μ is outside its range, TypeError if an option is unknown; on use, RangeError if the state is not
 *   of these parameters.
 */
export function momentum(options: MomentumOptions): InnerOptimizer {
  checkOptions<MomentumOptions>('momentum', options, { momentum: true, nesterov: true });
  const { nesterov = false } = options;
  const decay = decayRate('momentum', 'momentum', options.momentum, '0.9 is common.');
  const name = nesterov ? 'nesterov' : 'momentum';
  // w' = w − γ (a g + b m')
  const [ofGradient, ofMoment] = nesterov ? [1, decay] : [0, 1];
  return {
    name,
    initialize: zeroTensors,
    step: ({ parameters, gradient, state, learningRate }) =>
      scoped(() => {
        checkState(name, state, shapesOf(parameters));
        const moments = addScaled(gradient, state, decay);
        const directions = nesterov ? addScaled(gradient, moments, decay) : moments;
        return { parameters: addScaled(parameters, directions, -learningRate), state: moments };
      }),
    vjp: ({ learningRate }, { parameters, state }) =>
      scoped(() => {
        const ofMoments = parameters.map((v) => mul(v, -learningRate * ofMoment));
        const moments = state ? addScaled(ofMoments, state, 1) : ofMoments;
        return {
          parameters: parameters.map((v) => clone(v)),
          gradient: addScaled(moments, parameters, -learningRate * ofGradient),
          state: moments.map((moment) => mul(moment, decay)),
        };
      }),
    jvp: ({ learningRate }, { parameters, gradient, state }) =>
      scoped(() => {
        const moments = addScaled(gradient, state, decay);
        const directions = nesterov ? addScaled(gradient, moments, decay) : moments;
        return { parameters: addScaled(parameters, directions, -learningRate), state: moments };
      }),
  };
}
