import { add, type Tensor } from '@tensorflow/tfjs-core';
import { scoped } from '../../scoped.js';
import type { Layer } from '../../types.js';

/**
 * Adds the second order of y = x·W + b, bilinear in x and the first parameter, W; the cache is x.
 *
 * W's cotangent (x, dy) and x's (dy, W) are bilinear as well, so that each moves by itself with one factor exchanged for
 * its tangent, then with the other.
 */
export const bilinear = <X extends Tensor>(layer: Omit<Layer<X>, 'secondOrder'>): Layer<X> => ({
  ...layer,
  secondOrder: (weights, x, cotangent, wantInput) => ({
    ...layer.vjp(weights, x, cotangent, wantInput),
    along: (parameterTangents, inputTangent) => ({
      output: layer.jvp(weights, x, parameterTangents, inputTangent),
      pullBack: (cotangentTangent) =>
        scoped(() => {
          const moved = layer.vjp(weights, x, cotangentTangent, wantInput); // (x, dẏ), (dẏ, W)
          if (inputTangent === undefined && !wantInput) return moved;
          const tangents = { ...weights, parameters: parameterTangents };
          const other = layer.vjp(tangents, (inputTangent ?? x) as X, cotangent, wantInput); // (ẋ, dy), (dy, Ẇ)
          const [weight, ...biases] = moved.parameters as [Tensor, ...Tensor[]];
          return {
            parameters: [inputTangent === undefined ? weight : add(weight, other.parameters[0]!), ...biases],
            input: wantInput ? add(moved.input as Tensor, other.input as Tensor) : undefined,
          };
        }),
    }),
  }),
});
