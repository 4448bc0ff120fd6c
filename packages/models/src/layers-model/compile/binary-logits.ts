import { pad, slice, type Tensor, type Tensor2D, tidy, zeros } from '@tensorflow/tfjs-core';
import { piecewiseLinear } from '../../layers/rules/piecewise-linear.js';
import type { Layer } from '../../types.js';

/** The logit z of a sigmoid, `[batch, 1]`, as those of two classes, [0, z]: softmax gives the second the sigmoid of z. */
export const binaryLogits = (name: string): Layer => {
  const paired = (z: Tensor): Tensor =>
    pad(z, [
      [0, 0],
      [1, 0],
    ]);
  return piecewiseLinear({
    name,
    parameters: [],
    statistics: [],
    outputShape: () => [2],
    initialize: () => ({ parameters: [], statistics: [] }),
    forward: ({ statistics }, input) => ({ output: paired(input), cache: input.shape[0]!, statistics }),
    vjp: (_weights, batch, cotangent, wantInput) => ({
      parameters: [],
      input: wantInput ? tidy(() => slice(cotangent as Tensor2D, [0, 1], [batch, 1])) : undefined,
    }),
    jvp: (_weights, batch, _parameterTangents, inputTangent) =>
      inputTangent === undefined ? zeros([batch, 2]) : paired(inputTangent),
  });
};
