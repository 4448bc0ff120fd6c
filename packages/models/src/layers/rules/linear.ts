import { clone, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Layer } from '../../types.js';
import { piecewiseLinear } from './piecewise-linear.js';

/** A linear map of examples without parameters, and its transpose. */
interface LinearMap {
  readonly name: string;
  /** One example's shape after it; throws if the input does not fit. */
  outputShape(inputShape: readonly number[]): readonly number[];
  /** Ax; the result may be x itself. */
  apply(x: Tensor): Tensor;
  /** Aᵀ dy, of the input's shape; the result may be dy itself. */
  transpose(dy: Tensor, inputShape: readonly number[]): Tensor;
}

/** A linear map as a layer: its tangents go through it, its cotangents through the transpose. */
export function linear({ name, outputShape, apply, transpose }: LinearMap): Layer<readonly number[]> {
  const own = (x: Tensor, body: () => Tensor): Tensor =>
    tidy(() => {
      const result = body();
      return result === x ? clone(x) : result;
    });
  return piecewiseLinear({
    name,
    parameters: [],
    statistics: [],
    outputShape,
    initialize: () => ({ parameters: [], statistics: [] }),
    forward({ statistics }, input) {
      outputShape(input.shape.slice(1));
      return { output: own(input, () => apply(input)), cache: input.shape, statistics };
    },
    vjp: (_weights, inputShape, cotangent, wantInput) => ({
      parameters: [],
      input: wantInput ? own(cotangent, () => transpose(cotangent, inputShape)) : undefined,
    }),
    jvp: (_weights, [batch, ...example], _parameterTangents, inputTangent) =>
      inputTangent === undefined
        ? zeros([batch!, ...outputShape(example)])
        : own(inputTangent, () => apply(inputTangent)),
  });
}
