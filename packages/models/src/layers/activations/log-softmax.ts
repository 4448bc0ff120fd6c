import { checkOptions } from '@metadistill/options';
import {
  exp,
  logSoftmax as logSoftmaxOf,
  mul,
  sub,
  sum,
  type Tensor,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { scoped } from '../../scoped.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { opaque } from '../rules/opaque.js';

export type LogSoftmaxOptions = LayerOptions;

/** yᵢ = xᵢ − ln Σⱼ e^xⱼ along the last axis, of any shape. */
export function logSoftmax(options: LogSoftmaxOptions = {}): Layer<OpaqueCache<'logSoftmax'>> {
  checkOptions('logSoftmax', options, { name: true });
  const { name = 'logSoftmax' } = options;
  const layer: Layer<Tensor> = {
    name,
    parameters: [],
    statistics: [],
    outputShape: (inputShape) => inputShape,
    initialize: () => ({ parameters: [], statistics: [] }),
    forward({ statistics }, input) {
      const output = logSoftmaxOf(input);
      return { output, cache: output, statistics };
    },
    // dx = dy − p Σ dy with p = eʸ
    vjp: (_weights, y, cotangent, wantInput) => ({
      parameters: [],
      input: wantInput ? pulledBack(y, cotangent) : undefined,
    }),
    // ẏ = ẋ − Σ p ẋ
    jvp: (_weights, y, _parameterTangents, inputTangent) =>
      inputTangent === undefined ? zerosLike(y) : pushedForward(y, inputTangent),

    // dx moves by dẏ − p Σ dẏ − p ẏ Σ dy.
    secondOrder: (weights, y, cotangent, wantInput) => ({
      ...layer.vjp(weights, y, cotangent, wantInput),
      along: (parameterTangents, inputTangent) => ({
        output: layer.jvp(weights, y, parameterTangents, inputTangent),
        pullBack: (cotangentTangent) =>
          scoped(() => {
            if (!wantInput) return { parameters: [], input: undefined };
            const moved = pulledBack(y, cotangentTangent);
            if (inputTangent === undefined) return { parameters: [], input: moved };
            const tangent = pushedForward(y, inputTangent);
            return { parameters: [], input: sub(moved, mul(mul(exp(y), tangent), total(cotangent))) };
          }),
      }),
    }),
  };
  return opaque({ ...layer, keras: () => ({ factory: 'activation', config: { activation: 'logSoftmax' } }) });
}

const pulledBack = (y: Tensor, dy: Tensor): Tensor => tidy(() => sub(dy, mul(exp(y), total(dy))));

const pushedForward = (y: Tensor, dx: Tensor): Tensor => tidy(() => sub(dx, total(mul(exp(y), dx))));

const total = (x: Tensor): Tensor => sum(x, -1, true);
