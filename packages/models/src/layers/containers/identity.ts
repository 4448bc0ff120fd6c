import { checkOptions } from '@metadistill/options';
import { clone, zerosLike } from '@tensorflow/tfjs-core';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { opaque } from '../rules/opaque.js';
import { piecewiseLinear } from '../rules/piecewise-linear.js';

export type IdentityOptions = LayerOptions;

/** y = x: the branch of an `addition` that skips the others. */
export function identity(options: IdentityOptions = {}): Layer<OpaqueCache<'identity'>> {
  checkOptions('identity', options, { name: true });
  const { name = 'identity' } = options;
  return opaque({
    ...piecewiseLinear({
      name,
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
    }),
    keras: () => ({ layers: [], nodes: [] }),
  });
}
