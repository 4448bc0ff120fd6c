import { checkOptions } from '@metadistill/options';
import { relu as positivePart, zerosLike } from '@tensorflow/tfjs-core';
import { reluGradient } from '../../kernels/relu-gradient.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { opaque } from '../rules/opaque.js';
import { piecewiseLinear } from '../rules/piecewise-linear.js';

export type ReluOptions = LayerOptions;

/** y = max(x, 0) of any shape; its derivative at 0 is taken as 0, as PyTorch takes it. */
export function relu(options: ReluOptions = {}): Layer<OpaqueCache<'relu'>> {
  checkOptions('relu', options, { name: true });
  const { name = 'relu' } = options;
  return opaque({
    ...piecewiseLinear({
      name,
      parameters: [],
      statistics: [],
      outputShape: (inputShape) => inputShape,
      initialize: () => ({ parameters: [], statistics: [] }),
      forward({ statistics }, input) {
        const output = positivePart(input);
        return { output, cache: output, statistics };
      },
      vjp: (_weights, output, cotangent, wantInput) => ({
        parameters: [],
        input: wantInput ? reluGradient(cotangent, output) : undefined,
      }),
      jvp: (_weights, output, _parameterTangents, inputTangent) =>
        inputTangent === undefined ? zerosLike(output) : reluGradient(inputTangent, output),
    }),
    keras: () => ({ factory: 'reLU', config: {} }),
  });
}
