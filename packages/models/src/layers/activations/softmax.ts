import { checkOptions } from '@metadistill/options';
import {
  add,
  mul,
  softmax as softmaxOf,
  sub,
  sum,
  type Tensor,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { scoped } from '../../scoped.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { opaque } from '../rules/opaque.js';

export type SoftmaxOptions = LayerOptions;

/**
 * yᵢ = e^xᵢ / Σⱼ e^xⱼ along the last axis, of any shape.
 *
 * Distillation takes logits: end a student without it.
 */
export function softmax(options: SoftmaxOptions = {}): Layer<OpaqueCache<'softmax'>> {
  checkOptions('softmax', options, { name: true });
  const { name = 'softmax' } = options;
  const layer: Layer<Tensor> = {
    name,
    parameters: [],
    statistics: [],
    outputShape: (inputShape) => inputShape,
    initialize: () => ({ parameters: [], statistics: [] }),
    forward({ statistics }, input) {
      const output = softmaxOf(input);
      return { output, cache: output, statistics };
    },
    vjp: (_weights, y, cotangent, wantInput) => ({
      parameters: [],
      input: wantInput ? product(y, cotangent) : undefined,
    }),
    jvp: (_weights, y, _parameterTangents, inputTangent) =>
      inputTangent === undefined ? zerosLike(y) : product(y, inputTangent),

    // dx = y (dy − ⟨y, dy⟩) moves by y (dẏ − ⟨y, dẏ⟩ − ⟨ẏ, dy⟩) + ẏ (dy − ⟨y, dy⟩).
    secondOrder: (_weights, y, cotangent, wantInput) => ({
      parameters: [],
      input: wantInput ? product(y, cotangent) : undefined,
      along: (_parameterTangents, inputTangent) => ({
        output: inputTangent === undefined ? zerosLike(y) : product(y, inputTangent),
        pullBack: (cotangentTangent) =>
          scoped(() => {
            if (!wantInput) return { parameters: [], input: undefined };
            const moved = product(y, cotangentTangent);
            if (inputTangent === undefined) return { parameters: [], input: moved };
            const tangent = product(y, inputTangent);
            const bent = sub(mul(tangent, centred(y, cotangent)), mul(y, inner(tangent, cotangent)));
            return { parameters: [], input: add(moved, bent) };
          }),
      }),
    }),
  };
  return opaque({ ...layer, keras: () => ({ factory: 'softmax', config: { axis: -1 } }) });
}

/** The symmetric Jacobian's product with v. */
const product = (y: Tensor, v: Tensor): Tensor => tidy(() => mul(y, centred(y, v)));

const centred = (y: Tensor, v: Tensor): Tensor => sub(v, inner(y, v));

const inner = (a: Tensor, b: Tensor): Tensor => sum(mul(a, b), -1, true);
