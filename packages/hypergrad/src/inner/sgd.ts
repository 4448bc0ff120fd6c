import { addScaled, scaleTensors } from '@metadistill/models';
import { checkNoOptions } from '@metadistill/options';
import { clone } from '@tensorflow/tfjs-core';
import type { InnerOptimizer } from '../types.js';

/** Plain gradient descent w' = w − γ g, with ∂w'/∂w = 1 and ∂w'/∂g = −γ. */
export function sgd(...none: []): InnerOptimizer {
  checkNoOptions('sgd', none);
  return {
    name: 'sgd',
    initialize: () => [],
    step: ({ parameters, gradient, learningRate }) => ({
      parameters: addScaled(parameters, gradient, -learningRate),
      state: [],
    }),
    vjp: ({ learningRate }, { parameters }) => ({
      parameters: parameters.map((v) => clone(v)),
      gradient: scaleTensors(parameters, -learningRate),
      state: [],
    }),
    jvp: ({ learningRate }, { parameters, gradient }) => ({
      parameters: addScaled(parameters, gradient, -learningRate),
      state: [],
    }),
  };
}
