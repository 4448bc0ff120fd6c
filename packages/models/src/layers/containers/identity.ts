import { clone, type Tensor, zerosLike } from '@tensorflow/tfjs-core';
import type { Layer } from '../../types.js';
import { piecewiseLinear } from '../rules/piecewise-linear.js';

/** y = x: the branch of an `addition` that skips the others. */
export function identity(): Layer<Tensor> {
  return piecewiseLinear({
    name: 'identity',
    parameters: [],
    statistics: [],
    outputShape: (inputShape) => inputShape,
    initialize: () => ({ parameters: [], statistics: [] }),
    // Clones share memory, and may be disposed of without harm to what they were made of.
    forward: ({ statistics }, input) => ({ output: clone(input), cache: input, statistics }),
    vjp: (_weights, _input, cotangent, wantInput) => ({
      parameters: [],
      input: wantInput ? clone(cotangent) : undefined,
    }),
    jvp: (_weights, input, _parameterTangents, inputTangent) =>
      inputTangent === undefined ? zerosLike(input) : clone(inputTangent),
  });
}
