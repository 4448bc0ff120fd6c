import { checkOptions } from '@metadistill/options';
import { addN, tidy } from '@tensorflow/tfjs-core';
import { scoped } from '../../scoped.js';
import { formatBatchShape, sameShape } from '../../shapes.js';
import type { Cotangents, Layer, LayerOptions, OpaqueCache, SecondOrderLayer } from '../../types.js';
import { add } from '../merging/add.js';
import { opaque } from '../rules/opaque.js';
import { consume } from './consume.js';
import { fit } from './fit.js';
import { joint, joinWeights } from './joint.js';

export interface AdditionOptions extends LayerOptions {
  /** Layers that take one input and give one shape. */
  readonly branches: readonly Layer[];
}

/**
 * The sum of branches that see one input: y = Σ f_k(x). With `identity()` among them it is a residual connection.
 *
 * Parameters and statistics are those of the branches in order; see `joint`.
 *
 * @throws RangeError if there is no branch, and in `outputShape` if the branches' outputs differ in shape.
 */
export function addition(options: AdditionOptions): Layer<OpaqueCache<'addition'>> {
  checkOptions('addition', options, { branches: 'layer[]', name: true });
  const { branches, name = 'addition' } = options;
  const { parameters, statistics, weightsOf, parametersOf } = joint(name, branches, 'branches');
  const layer: Layer<readonly unknown[]> = {
    name,
    parameters,
    statistics,

    outputShape(inputShape) {
      const shapes = branches.map((branch) => fit(name, branch, inputShape));
      const [first, ...others] = shapes as [readonly number[], ...(readonly number[])[]];
      const different = others.find((shape) => !sameShape(shape, first));
      if (different === undefined) return first;
      throw new RangeError(
        `${name}: branches give ${formatBatchShape(first)} and ${formatBatchShape(different)}; expected equal shapes. Give the shortcut the strides and channels of the rest.`,
      );
    },

    initialize: (uniform) => joinWeights(branches.map((branch) => branch.initialize(uniform))),

    forward: (weights, input, mode) =>
      scoped(() => {
        const passes = branches.map((branch, k) => branch.forward(weightsOf(weights, k), input, mode));
        return {
          output: addN(passes.map(({ output }) => output)),
          cache: passes.map(({ cache }) => cache),
          statistics: passes.flatMap((pass) => pass.statistics),
        };
      }),

    vjp: (weights, caches, cotangent, wantInput) =>
      scoped(() =>
        summed(
          branches.map((branch, k) => {
            const cotangents = branch.vjp(weightsOf(weights, k), caches[k], cotangent, wantInput);
            consume(caches, k);
            return cotangents;
          }),
          wantInput,
        ),
      ),

    jvp: (weights, caches, parameterTangents, inputTangent) =>
      tidy(() =>
        addN(
          branches.map((branch, k) =>
            branch.jvp(weightsOf(weights, k), caches[k], parametersOf(parameterTangents, k), inputTangent),
          ),
        ),
      ),

    ...(branches.every(({ secondOrder }) => secondOrder) && {
      secondOrder(weights, caches, cotangent, wantInput) {
        const passes = branches.map((branch, k) =>
          (branch as SecondOrderLayer).secondOrder(weightsOf(weights, k), caches[k], cotangent, wantInput),
        );
        return {
          ...summed(passes, wantInput),
          along(parameterTangents, inputTangent) {
            const moved = passes.map((pass, k) =>
              pass.along(parametersOf(parameterTangents, k), inputTangent),
            );
            return {
              output: addN(moved.map(({ output }) => output)),
              pullBack: (cotangentTangent) =>
                scoped(() => {
                  const cotangents = moved.map(({ pullBack }) => pullBack(cotangentTangent));
                  return summed(cotangents, wantInput);
                }),
            };
          },
        };
      },
    }),
  };
  return opaque({
    ...layer,
    keras: () => ({
      layers: [...branches, add({ name: '' })],
      nodes: [
        ...branches.map((_, k) => ({ layer: k, from: [-1] })),
        ...(branches.length > 1 ? [{ layer: branches.length, from: branches.map((_, k) => k) }] : []),
      ],
    }),
  });
}

/** Parameters one after the other; the input's cotangent is the sum of all branches'. */
const summed = (cotangents: readonly Cotangents[], wantInput: boolean): Cotangents => ({
  parameters: cotangents.flatMap(({ parameters }) => parameters),
  input: wantInput ? addN(cotangents.flatMap(({ input }) => input ?? [])) : undefined,
});
