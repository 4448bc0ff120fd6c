import { checkOptions, describeValue } from '@metadistill/options';
import {
  add,
  mul,
  ones,
  reshape,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { type NormalisedRows, normaliseRows, overlapOfRows, projectRows } from '../../kernels/layer-norm.js';
import { sumPerChannel } from '../../kernels/per-channel.js';
import { scoped } from '../../scoped.js';
import { formatBatchShape, isShape, sameShape, sizeOf } from '../../shapes.js';
import type { Cotangents, Layer, LayerOptions, OpaqueCache, Tensors } from '../../types.js';
import { opaque } from '../rules/opaque.js';
import { expectEpsilon } from './expect-epsilon.js';

export interface LayerNormOptions extends LayerOptions {
  /** Lengths of the last axes, over which each example is normalised: `[channels]` for the last one alone. */
  readonly normalizedShape: readonly number[];
  /** ε under the root. Default 1e-5; Keras' is 1e-3. */
  readonly epsilon?: number;
}

/** The rows that were normalised, and the shape that they had. */
interface LayerNormCache extends NormalisedRows {
  readonly inputShape: readonly number[];
}

/**
 * Layer normalisation over the last axes, y = γ x̂ + β with x̂ = (x − μ) / √(σ² + ε), μ and σ² the mean and the biased
 * variance of each example, or of each position in it; parameters `weight` γ and `bias` β of shape `normalizedShape`.
 *
 * @see Ba, Kiros and Hinton, Layer Normalization (2016).
 * @throws RangeError if `normalizedShape` is not a list of positive integers or ε is negative.
 */
export function layerNorm(options: LayerNormOptions): Layer<OpaqueCache<'layerNorm'>> {
  checkOptions('layerNorm', options, { normalizedShape: true, epsilon: true, name: true });
  const { normalizedShape, epsilon = 1e-5, name = 'layerNorm' } = options;
  expectOptions(name, normalizedShape, epsilon);
  const values = sizeOf(normalizedShape);
  const shape = [...normalizedShape];
  const inRows = (x: Tensor): Tensor2D => reshape(x, [-1, values]);
  const inRow = (parameter: Tensor): Tensor2D => reshape(parameter, [1, values]);
  const outputShape = (inputShape: readonly number[]) => {
    if (sameShape(inputShape.slice(-shape.length), shape)) return inputShape;
    throw new RangeError(
      `${name}: input has shape ${formatBatchShape(inputShape)}; expected ${formatBatchShape(['...', ...shape])}. Correct normalizedShape or the layer before.`,
    );
  };

  /** (dγ, dβ, dx) of y = γ x̂ + β: (Σ dy x̂, Σ dy, s P(γ dy)). In the caller's `tidy`. */
  function pullBack(
    { parameters: [scale] }: { readonly parameters: Tensors },
    cache: LayerNormCache,
    dy: Tensor2D,
    wantInput: boolean,
  ): Cotangents {
    const { normalised, deviation, inputShape } = cache;
    const through = () => mul(projectRows(mul(dy, inRow(scale!)), cache), deviation);
    return {
      parameters: [sum(mul(dy, normalised), 0), sumPerChannel(dy)].map((each) => reshape(each, shape)),
      input: wantInput ? reshape(through(), [...inputShape]) : undefined,
    };
  }

  /** x̂̇ = s P ẋ. */
  const normalisedTangent = (cache: LayerNormCache, inputTangent: Tensor): Tensor2D =>
    mul(projectRows(inRows(inputTangent), cache), cache.deviation);

  /**
   * How (dγ, dx) of a cotangent move with γ and x, along γ̇ and ẋ: with g = γ dy and r = s mean(ẋ x̂),
   *
   *     dγ̇ = Σ dy x̂̇,   dẋ = s (P(γ̇ dy − r g) − x̂̇ mean(g x̂) − x̂ mean(g x̂̇)).
   */
  function pointTangent(
    { parameters: [scale] }: { readonly parameters: Tensors },
    cache: LayerNormCache,
    dy: Tensor2D,
    tangents: { readonly scale: Tensor2D; readonly input: Tensor | undefined },
  ): { readonly scale: Tensor | undefined; input(): Tensor } {
    const { normalised, deviation, inputShape } = cache;
    const ofScale: Tensor2D = mul(dy, tangents.scale);
    const shaped = (through: Tensor) => reshape(mul(through, deviation), [...inputShape]);
    if (tangents.input === undefined) {
      return { scale: undefined, input: () => shaped(projectRows(ofScale, cache)) };
    }
    const change = normalisedTangent(cache, tangents.input); // x̂̇
    const shrinkage = mul(overlapOfRows(inRows(tangents.input), normalised), deviation); // r
    return {
      scale: reshape(sum(mul(dy, change), 0), shape),
      input() {
        const g: Tensor2D = mul(dy, inRow(scale!));
        const turned: Tensor2D = add(
          mul(change, overlapOfRows(g, normalised)),
          mul(normalised, overlapOfRows(g, change)),
        );
        return shaped(sub(projectRows(sub(ofScale, mul(g, shrinkage)), cache), turned));
      },
    };
  }

  const layer: Omit<Layer<LayerNormCache>, 'secondOrder'> = {
    name,
    parameters: [
      { name: 'weight', shape, torchLayout: 'asIs' },
      { name: 'bias', shape, torchLayout: 'asIs' },
    ],
    statistics: [],
    outputShape,

    initialize: () => ({ parameters: [ones(shape), zeros(shape)], statistics: [] }),

    forward({ parameters: [scale, offset], statistics }, x) {
      outputShape(x.shape.slice(1));
      return scoped(() => {
        const rows = normaliseRows(inRows(x), epsilon);
        const output = add(mul(rows.normalised, inRow(scale!)), inRow(offset!));
        const cache = { ...rows, inputShape: x.shape };
        return { output: reshape(output, x.shape), cache, statistics };
      });
    },

    vjp: (weights, cache, cotangent, wantInput) =>
      scoped(() => pullBack(weights, cache, inRows(cotangent), wantInput)),

    // ẏ = γ s P ẋ + γ̇ x̂ + β̇
    jvp: ({ parameters: [scale] }, cache, [scaleTangent, offsetTangent], inputTangent) =>
      tidy(() => {
        const ofParameters = add(mul(cache.normalised, inRow(scaleTangent!)), inRow(offsetTangent!));
        const tangent =
          inputTangent === undefined
            ? ofParameters
            : add(ofParameters, mul(normalisedTangent(cache, inputTangent), inRow(scale!)));
        return reshape(tangent, [...cache.inputShape]);
      }),
  };
  return opaque({
    ...layer,

    keras: () => ({
      factory: 'layerNormalization',
      config: { axis: shape.map((_, k) => k - shape.length), epsilon },
    }),

    secondOrder: (weights, cache: LayerNormCache, cotangent, wantInput) => ({
      ...layer.vjp(weights, cache, cotangent, wantInput),
      along: (parameterTangents, inputTangent) => ({
        output: layer.jvp(weights, cache, parameterTangents, inputTangent),
        pullBack: (cotangentTangent) =>
          scoped(() => {
            const moved = pullBack(weights, cache, inRows(cotangentTangent), wantInput);
            const ofPoint = pointTangent(weights, cache, inRows(cotangent), {
              scale: inRow(parameterTangents[0]!),
              input: inputTangent,
            });
            const [scale, offset] = moved.parameters as [Tensor, Tensor];
            return {
              parameters: [ofPoint.scale ? add(scale, ofPoint.scale) : scale, offset],
              input: wantInput ? add(moved.input!, ofPoint.input()) : undefined,
            };
          }),
      }),
    }),
  });
}

function expectOptions(name: string, normalizedShape: readonly number[], epsilon: number): void {
  if (!isShape(normalizedShape)) {
    throw new RangeError(
      `${name}: normalizedShape is ${describeValue(normalizedShape)}; expected the lengths of the last axes, such as [64].`,
    );
  }
  expectEpsilon(name, epsilon);
}
