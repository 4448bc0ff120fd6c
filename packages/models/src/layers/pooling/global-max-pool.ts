import { checkOptions } from '@metadistill/options';
import { zerosLike } from '@tensorflow/tfjs-core';
import {
  gatherLargest,
  globalMaxPool as largestOf,
  scatterToLargest,
} from '../../kernels/pooling/global-max-pool.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { opaque } from '../rules/opaque.js';
import { piecewiseLinear } from '../rules/piecewise-linear.js';
import { channelsOf } from './channels-of.js';

export type GlobalMaxPoolOptions = LayerOptions;

/**
 * The maximum of each channel over its image or sequence: `[batch, height, width, channels]` or `[batch, length, channels]`
 * to `[batch, channels]`; of equal maxima the first gets the gradient.
 */
export function globalMaxPool(options: GlobalMaxPoolOptions = {}): Layer<OpaqueCache<'globalMaxPool'>> {
  checkOptions('globalMaxPool', options, { name: true });
  const { name = 'globalMaxPool' } = options;
  return opaque({
    ...piecewiseLinear({
      name,
      parameters: [],
      statistics: [],
      outputShape: (inputShape) => channelsOf(name, inputShape),
      initialize: () => ({ parameters: [], statistics: [] }),
      forward({ statistics }, input) {
        channelsOf(name, input.shape.slice(1));
        const { output, argmax } = largestOf(input);
        return { output, cache: { output, argmax, inputShape: input.shape }, statistics };
      },
      vjp: (_weights, { argmax, inputShape }, cotangent, wantInput) => ({
        parameters: [],
        input: wantInput ? scatterToLargest(cotangent, argmax, inputShape) : undefined,
      }),
      jvp: (_weights, { output, argmax }, _parameterTangents, inputTangent) =>
        inputTangent === undefined ? zerosLike(output) : gatherLargest(inputTangent, argmax),
    }),
    keras: ({ length }) => ({ factory: `globalMaxPooling${length - 1}d`, config: {} }),
  });
}
