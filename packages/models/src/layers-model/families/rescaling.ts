import { add, mul, type Tensor, tidy, zerosLike } from '@tensorflow/tfjs-core';
import { piecewiseLinear } from '../../layers/rules/piecewise-linear.js';
import type { Layer } from '../../types.js';
import type { Compile } from './types.js';

/** y = scale · x + offset, with constants: pixels of 0 to 255 on their way in. */
export const compileRescaling: Compile = ({ name, config }) => {
  const { scale, offset } = config as { scale: number; offset: number };
  const layer: Layer<Tensor> = piecewiseLinear({
    name,
    parameters: [],
    statistics: [],
    outputShape: (inputShape) => inputShape,
    initialize: () => ({ parameters: [], statistics: [] }),
    forward({ statistics }, input) {
      const output = tidy(() => add(mul(input, scale), offset));
      return { output, cache: input, statistics };
    },
    vjp: (_weights, _input, cotangent, wantInput) => ({
      parameters: [],
      input: wantInput ? mul(cotangent, scale) : undefined,
    }),
    jvp: (_weights, input, _parameterTangents, inputTangent) =>
      inputTangent === undefined ? zerosLike(input) : mul(inputTangent, scale),
  });
  return [{ layer }];
};
