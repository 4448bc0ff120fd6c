import { pad, reshape, slice, type Tensor, type Tensor2D, tidy, zeros } from '@tensorflow/tfjs-core';
import { expectExampleShape, sizeOf } from '../../shapes.js';
import type { Layer } from '../../types.js';
import { piecewiseLinear } from '../rules/piecewise-linear.js';

/** What of a row of several inputs is one of them. */
export interface InputPart {
  readonly name: string;
  /** Values of the row. */
  readonly inputs: number;
  /** Where the part starts. */
  readonly start: number;
  /** One example's shape of the part. */
  readonly shape: readonly number[];
}

/** Cuts one input out of a row `[batch, inputs]` of several: `[batch, ...shape]`. */
export const inputPart = ({ name, inputs, start, shape }: InputPart): Layer => {
  const size = sizeOf(shape);
  const cut = (x: Tensor): Tensor =>
    tidy(() => reshape(slice(x as Tensor2D, [0, start], [-1, size]), [x.shape[0]!, ...shape]));
  return piecewiseLinear({
    name,
    parameters: [],
    statistics: [],
    outputShape(inputShape) {
      expectExampleShape(name, inputShape, [inputs], 'Give several inputs as one row per example.');
      return shape;
    },
    initialize: () => ({ parameters: [], statistics: [] }),
    forward: ({ statistics }, input) => ({ output: cut(input), cache: input.shape[0]!, statistics }),
    vjp: (_weights, batch, cotangent, wantInput) => ({
      parameters: [],
      input: wantInput
        ? tidy(() =>
            pad(reshape(cotangent, [batch, size]), [
              [0, 0],
              [start, inputs - start - size],
            ]),
          )
        : undefined,
    }),
    jvp: (_weights, batch, _parameterTangents, inputTangent) =>
      inputTangent === undefined ? zeros([batch, ...shape]) : cut(inputTangent),
  });
};
