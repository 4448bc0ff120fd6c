import { checkOptions, describeValue } from '@metadistill/options';
import {
  add,
  fill,
  mul,
  neg,
  prelu as preluOf,
  reshape,
  step,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
  tile,
} from '@tensorflow/tfjs-core';
import { sumPerChannel } from '../../kernels/per-channel.js';
import { scoped } from '../../scoped.js';
import { expectExampleShape, expectShapeOption, sizeOf } from '../../shapes.js';
import type { Layer, LayerOptions, OpaqueCache, Tensors } from '../../types.js';
import { opaque } from '../rules/opaque.js';
import { negativePart } from './functions/negative-part.js';

export interface PreluOptions extends LayerOptions {
  /** One example's shape, such as `[height, width, channels]`. */
  readonly inputShape: readonly number[];
  /** Axes along which all share one slope, counted from 1, the first after the batch; as in Keras. Default: none. */
  readonly sharedAxes?: readonly number[];
}

/**
 * y = x above 0, slope · x below, with a parameter `slope` of the input's shape, 1 along shared axes; the derivative at 0
 * is the slope. Slopes begin at 0.25, as PyTorch's do.
 *
 * @throws RangeError if a size is not a positive integer or a shared axis is none.
 */
export function prelu(options: PreluOptions): Layer<OpaqueCache<'prelu'>> {
  checkOptions('prelu', options, { inputShape: true, sharedAxes: true, name: true });
  const { inputShape, sharedAxes = [], name = 'prelu' } = options;
  expectShapeOption(name, 'inputShape', inputShape);
  if (
    !Array.isArray(sharedAxes) ||
    sharedAxes.some((axis) => !Number.isInteger(axis) || axis < 1 || axis > inputShape.length)
  ) {
    throw new RangeError(
      `${name}: sharedAxes is ${describeValue(sharedAxes)}; expected axes from 1 to ${inputShape.length}. Axis 0 is the batch.`,
    );
  }
  const isShared = inputShape.map((_, i) => sharedAxes.includes(i + 1));
  const slopeShape = inputShape.map((size, i) => (isShared[i] ? 1 : size));
  const outputShape = (shape: readonly number[]) => {
    expectExampleShape(name, shape, inputShape, 'Correct inputShape.');
    return shape;
  };

  // Rows of one example each, so that slopes `[values]` line up with them on every backend.
  const toRows = (x: Tensor): Tensor2D => reshape(x, [x.shape[0]!, sizeOf(inputShape)]);
  const fromRows = (rows: Tensor): Tensor => reshape(rows, [rows.shape[0]!, ...inputShape]);
  function alongRows([slope]: Tensors): Tensor1D {
    const repeats = inputShape.map((size, i) => (isShared[i] ? size : 1));
    return reshape(tile(slope!, repeats), [sizeOf(inputShape)]);
  }
  /** Σ over the batch and the shared axes. */
  const perSlope = (rows: Tensor): Tensor => {
    const axes = inputShape.flatMap((_, i) => (isShared[i] ? [i] : []));
    const perValue = reshape(sumPerChannel(rows), [...inputShape]);
    return axes.length === 0 ? perValue : sum(perValue, axes, true);
  };
  /** v above 0, slope · v below. */
  const scaled = (x: Tensor2D, v: Tensor2D, slopes: Tensor1D): Tensor =>
    // Of 1 and −1, the negated slopes make 1 and the slopes: wasm is slow at comparing and selecting.
    mul(v, preluOf<Tensor>(step(x, -1), neg(slopes)));

  const layer: Layer<Tensor> = {
    name,
    parameters: [{ name: 'slope', shape: slopeShape }],
    statistics: [],
    outputShape,
    initialize: () => ({ parameters: [fill(slopeShape, 0.25)], statistics: [] }),
    forward({ parameters, statistics }, input) {
      outputShape(input.shape.slice(1));
      const output = tidy(() => fromRows(preluOf<Tensor>(toRows(input), alongRows(parameters))));
      return { output, cache: input, statistics };
    },
    // dx = dy above 0, slope · dy below; dslope = Σ dy min(x, 0)
    vjp: ({ parameters }, input, cotangent, wantInput) =>
      scoped(() => {
        const [x, dy] = [toRows(input), toRows(cotangent)];
        return {
          parameters: [perSlope(mul(dy, negativePart(x)))],
          input: wantInput ? fromRows(scaled(x, dy, alongRows(parameters))) : undefined,
        };
      }),
    // ẏ = ẋ above 0, slope · ẋ below, plus min(x, 0) times the slope's tangent
    jvp: ({ parameters }, input, tangents, inputTangent) =>
      tidy(() => {
        const x = toRows(input);
        const throughSlope = mul(negativePart(x), alongRows(tangents));
        if (inputTangent === undefined) return fromRows(throughSlope);
        return fromRows(add(throughSlope, scaled(x, toRows(inputTangent), alongRows(parameters))));
      }),

    // dslope moves by Σ dẏ min(x, 0) + Σ dy ẋ below 0, dx by its own rule at dẏ, plus dy times the slope's tangent below 0.
    secondOrder: (weights, input, cotangent, wantInput) => ({
      ...layer.vjp(weights, input, cotangent, wantInput),
      along: (tangents, inputTangent) => ({
        output: layer.jvp(weights, input, tangents, inputTangent),
        pullBack: (cotangentTangent) =>
          scoped(() => {
            const moved = layer.vjp(weights, input, cotangentTangent, wantInput);
            const x = toRows(input);
            const below = mul(toRows(cotangent), sub(1, step(x)));
            return {
              parameters: inputTangent
                ? [add(moved.parameters[0]!, perSlope(mul(below, toRows(inputTangent))))]
                : moved.parameters,
              input: moved.input && add(moved.input, fromRows(mul(below, alongRows(tangents)))),
            };
          }),
      }),
    }),
  };
  return opaque({ ...layer, keras: () => ({ factory: 'prelu', config: { sharedAxes } }) });
}
