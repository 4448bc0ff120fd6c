import { reshape, type Tensor, zeros } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../shapes.js';
import type { Layer } from '../../types.js';
import { piecewiseLinear } from '../rules/piecewise-linear.js';

/** `[batch, ...shape]` as `[batch, values]`, row-major: of an image, channels vary fastest. */
export function flatten(): Layer<readonly number[]> {
  return piecewiseLinear({
    name: 'flatten',
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
        ? zeros([inputShape[0] as number, sizeOf(inputShape.slice(1))])
        : unrolled(inputTangent),
  });
}

const unrolled = (x: Tensor): Tensor => reshape(x, [x.shape[0] as number, sizeOf(x.shape.slice(1))]);
