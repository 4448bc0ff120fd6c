import { addScaled } from '@metadistill/models';
import { mul } from '@tensorflow/tfjs-core';
import type { InnerOptimizer } from '../types.js';

/** Plain gradient descent w' = w − γ g, whose factor is ∂w'/∂g = −γ. */
export function sgd(): InnerOptimizer {
  return {
    name: 'sgd',
    initialize: () => [],
    step: (parameters, gradient, state, learningRate) => ({
      parameters: addScaled(parameters, gradient, -learningRate),
      state,
    }),
    pullBack: (_gradient, _state, cotangent, learningRate) =>
      cotangent.map((tensor) => mul(tensor, -learningRate)),
  };
}
