import { checkOptions } from '@metadistill/options';
import { addN, mul, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { scoped } from '../../scoped.js';
import type { LayerOptions, MergingLayer, OpaqueCache, Tensors } from '../../types.js';
import { opaqueMerging } from '../rules/opaque.js';
import { broadcastShape, repeatTo, sumTo } from './broadcast.js';

export type MultiplyOptions = LayerOptions;

/** The product y = Π x_k of inputs of one shape; a length of 1 is repeated, as a gate per channel is. */
export function multiply(options: MultiplyOptions = {}): MergingLayer<OpaqueCache<'multiply'>> {
  checkOptions('multiply', options, { name: true });
  const { name = 'multiply' } = options;
  const mergedShape = (shapes: readonly (readonly number[])[]) => broadcastShape(name, shapes);
  /** Terms ẋ_k Π_{j≠k} x_j, over k ≠ `without` and j ≠ `without`. */
  const moved = (inputs: Tensors, tangents: readonly (Tensor | undefined)[], without?: number): Tensor[] =>
    tangents.flatMap((tangent, k) =>
      tangent === undefined || k === without ? [] : product([tangent, ...others(inputs, k, without)]),
    );
  const layer: MergingLayer<Tensors> = {
    name,
    parameters: [],
    statistics: [],
    mergedShape,
    initialize: () => ({ parameters: [], statistics: [] }),

    forward({ statistics }, inputs) {
      mergedShape(inputs.map(({ shape }) => shape.slice(1)));
      return { output: tidy(() => product(inputs)), cache: inputs, statistics };
    },

    // dx_k = dy Π_{j≠k} x_j
    vjp: (_weights, inputs, cotangent, wantInputs) =>
      scoped(() => ({
        parameters: [],
        inputs: inputs.map((input, k) =>
          wantInputs[k] ? sumTo(product([cotangent, ...others(inputs, k)]), input.shape) : undefined,
        ),
      })),

    jvp: (_weights, inputs, _parameterTangents, inputTangents) =>
      tidy(() => total(moved(inputs, inputTangents), outputShapeOf(inputs))),

    // dẋ_k = dẏ Π_{j≠k} x_j + dy Σ_{i≠k} ẋ_i Π_{j≠k,i} x_j
    secondOrder: (weights, inputs, cotangent, wantInputs) => ({
      ...layer.vjp(weights, inputs, cotangent, wantInputs),
      along: (parameterTangents, inputTangents) => ({
        output: layer.jvp(weights, inputs, parameterTangents, inputTangents),
        pullBack: (cotangentTangent) =>
          scoped(() => ({
            parameters: [],
            inputs: inputs.map((input, k) => {
              if (!wantInputs[k]) return undefined;
              const first = product([cotangentTangent, ...others(inputs, k)]);
              const rest = moved(inputs, inputTangents, k).map((term) => mul(cotangent, term));
              return sumTo(total([first, ...rest], cotangent.shape), input.shape);
            }),
          })),
      }),
    }),
  };
  return opaqueMerging({ ...layer, keras: () => ({ factory: 'multiply', config: {} }) });
}

const others = (inputs: Tensors, k: number, without?: number): Tensors =>
  inputs.filter((_, j) => j !== k && j !== without);

const product = (factors: Tensors): Tensor => factors.reduce((so, factor) => mul(so, factor));

/** The sum of terms, each repeated to the shape. */
const total = (terms: Tensors, shape: readonly number[]): Tensor =>
  terms.length === 0 ? zeros([...shape]) : addN(terms.map((term) => repeatTo(term, shape)));

const outputShapeOf = (inputs: Tensors): readonly number[] =>
  inputs[0]!.shape.map((_, axis) => Math.max(...inputs.map(({ shape }) => shape[axis]!)));
