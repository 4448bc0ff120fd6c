import { addScaled } from '@metadistill/models';
import { mul } from '@tensorflow/tfjs-core';
import type { InnerOptimizer } from '../types.js';

/** Plain gradient descent w' = w − γ g, with ∂w'/∂g = −γ. */
export const sgd = (): InnerOptimizer => ({
  name: 'sgd',
  initialize: () => [],
  step: ({ parameters, gradient, state, learningRate }) => ({
    parameters: addScaled(parameters, gradient, -learningRate),
    state,
  }),
  pullBack: ({ learningRate }, cotangent) => cotangent.map((tensor) => mul(tensor, -learningRate)),
});
