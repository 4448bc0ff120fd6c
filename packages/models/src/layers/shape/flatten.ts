import { checkOptions } from '@metadistill/options';
import { reshape, type Tensor, zeros } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../shapes.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { opaque } from '../rules/opaque.js';
import { piecewiseLinear } from '../rules/piecewise-linear.js';

export type FlattenOptions = LayerOptions;

/** `[batch, ...shape]` as `[batch, values]`, row-major: of an image, channels vary fastest. */
export function flatten(options: FlattenOptions = {}): Layer<OpaqueCache<'flatten'>> {
  checkOptions('flatten', options, { name: true });
  const { name = 'flatten' } = options;
  return opaque(
    piecewiseLinear({
      name,
      parameters: [],
      statistics: [],
      outputShape: (inputShape) => [sizeOf(inputShape)],
      initialize: () => ({ parameters: [], statistics: [] }),
      forward: ({ statistics }, input) => ({ output: unrolled(input), cache: input.shape, statistics }),
      vjp: (_weights, inputShape, cotangent, wantInput) => ({
        parameters: [],
        input: wantInput ? reshape(cotangent, [...inputShape]) : undefined,
      }),
      jvp: (_weights, inputShape, _parameterTangents, inputTangent) =>
        inputTangent === undefined
          ? zeros([inputShape[0]!, sizeOf(inputShape.slice(1))])
          : unrolled(inputTangent),
    }),
  );
}

const unrolled = (x: Tensor): Tensor => reshape(x, [x.shape[0]!, sizeOf(x.shape.slice(1))]);
