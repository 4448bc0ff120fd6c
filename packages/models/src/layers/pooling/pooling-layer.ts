import { reshape, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { scoped } from '../../scoped.js';
import type { Layer } from '../../types.js';
import { piecewiseLinear } from '../rules/piecewise-linear.js';
import type { CheckedPool } from './pool-options.js';

/** A pooling of `[batch, ...sides, channels]` with at least two sides. */
interface PoolingRules<Kept> {
  /** `keep`: what the gradient and the tangent need besides the input's shape. */
  forward(x: Tensor): { readonly output: Tensor; readonly keep: Kept };
  gradient(dy: Tensor, keep: Kept, inputShape: readonly number[]): Tensor;
  tangent(dx: Tensor, keep: Kept): Tensor;
}

/** A layer that pools; what has one side is pooled as an image of one row. */
export function poolingLayer<Kept>(
  name: string,
  outputShape: CheckedPool['outputShape'],
  rules: PoolingRules<Kept>,
): Layer<{ readonly keep: Kept; readonly inputShape: readonly number[] }> {
  const toImage = (shape: readonly number[]): number[] =>
    shape.length === 3 ? [shape[0]!, 1, shape[1]!, shape[2]!] : [...shape];
  const pooledShape = ([batch, ...example]: readonly number[]) => [batch!, ...outputShape(example)];
  return piecewiseLinear({
    name,
    parameters: [],
    statistics: [],
    outputShape,
    initialize: () => ({ parameters: [], statistics: [] }),
    forward({ statistics }, input) {
      const { shape } = input;
      const pooled = pooledShape(shape);
      return scoped(() => {
        const { output, keep } = rules.forward(reshape(input, toImage(shape)));
        return { output: reshape(output, pooled), cache: { keep, inputShape: shape }, statistics };
      });
    },
    vjp: (_weights, { keep, inputShape }, cotangent, wantInput) => ({
      parameters: [],
      input: wantInput
        ? tidy(() => {
            const dy = reshape(cotangent, toImage(cotangent.shape));
            return reshape(rules.gradient(dy, keep, toImage(inputShape)), [...inputShape]);
          })
        : undefined,
    }),
    jvp: (_weights, { keep, inputShape }, _parameterTangents, inputTangent) =>
      inputTangent === undefined
        ? zeros(pooledShape(inputShape))
        : tidy(() =>
            reshape(rules.tangent(reshape(inputTangent, toImage(inputShape)), keep), pooledShape(inputShape)),
          ),
  });
}
