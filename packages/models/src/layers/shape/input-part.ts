import { pad, reshape, slice } from '@tensorflow/tfjs-core';
import { expectExampleShape, sizeOf } from '../../shapes.js';
import type { Layer } from '../../types.js';
import { linear } from '../rules/linear.js';

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
  return linear({
    name,
    outputShape(inputShape) {
      expectExampleShape(name, inputShape, [inputs], 'Give several inputs as one row per example.');
      return shape;
    },
    apply: (x) => reshape(slice(x, [0, start], [-1, size]), [x.shape[0]!, ...shape]),
    transpose: (dy) =>
      pad(reshape(dy, [dy.shape[0]!, size]), [
        [0, 0],
        [start, inputs - start - size],
      ]),
  });
};
