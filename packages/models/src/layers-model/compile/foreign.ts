import { clone, engine, type Tensor, type Variable, zerosLike } from '@tensorflow/tfjs-core';
import type { DerivableMergingLayer } from '../../layers/containers/several-inputs.js';
import { scoped } from '../../scoped.js';
import type { TensorSpec, Tensors } from '../../types.js';
import type { DropoutMasks } from '../dropout-masks.js';
import { holding } from '../layers-model-weights.js';
import type { LayersModelWeight } from '../types.js';
import type { RunByTensorFlow } from './run-applications.js';

export interface ForeignOptions {
  /** Called while the weights are lent to their variables. */
  readonly runs: RunByTensorFlow;
  readonly parameters: readonly LayersModelWeight[];
  readonly statistics: readonly LayersModelWeight[];
  readonly outputShape: readonly number[];
  readonly masks: DropoutMasks;
}

/** A forward pass, to be run again: same mode, same dropout. */
interface ForeignCache {
  readonly pass: (inputs: Tensors) => Tensor;
  readonly inputs: Tensors;
}

/**
 * What TensorFlow.js runs and differentiates, as a node without forward-mode rule. It keeps no tape between calls, so that
 * each `vjp` is a forward and a backward pass of its own. The variables have their own values back after each pass.
 */
export function foreign(options: ForeignOptions): DerivableMergingLayer {
  const { runs, outputShape, masks } = options;
  const variables = {
    parameters: options.parameters.map((weight) => weight.read() as Variable),
    statistics: options.statistics.map((weight) => weight.read() as Variable),
  };
  const spec = (weight: LayersModelWeight): TensorSpec => ({ name: weight.name, shape: weight.read().shape });
  const layer: DerivableMergingLayer = {
    name: runs.name,
    parameters: options.parameters.map(spec),
    statistics: options.statistics.map(spec),
    mergedShape: () => outputShape,
    initialize: () => ({
      parameters: variables.parameters.map((variable) => clone(variable)),
      statistics: variables.statistics.map((variable) => clone(variable)),
    }),

    forward(weights, inputs, mode) {
      const training = mode === 'training';
      const seed = masks.current();
      const pass = (at: Tensors) =>
        masks.frozen(seed, () => runs.apply(at.length === 1 ? at[0]! : at, { training }));
      const cache: ForeignCache = { pass, inputs };
      return scoped(() =>
        holding(variables, weights, () => ({
          // Some layers give back what they are given.
          output: clone(pass(inputs)),
          cache,
          statistics: training ? variables.statistics.map((moved) => clone(moved)) : weights.statistics,
        })),
      );
    },

    vjp: (weights, cache, cotangent, wantInputs) =>
      scoped(() =>
        holding(variables, weights, () => {
          const { pass, inputs } = cache as ForeignCache;
          // One tensor in two places would get both cotangents in each.
          const own = inputs.map((input) => clone(input));
          const wanted = own.filter((_, k) => wantInputs[k]);
          const at = [...variables.parameters, ...wanted];
          const { grads } = engine().gradients(() => pass(own), at, cotangent, true);
          const cotangents = at.map((each, k) => (grads[k] as Tensor | undefined) ?? zerosLike(each));
          const ofInputs = cotangents.slice(variables.parameters.length);
          return {
            parameters: cotangents.slice(0, variables.parameters.length),
            inputs: inputs.map((_, k) => (wantInputs[k] ? ofInputs.shift() : undefined)),
          };
        }),
      ),
  };
  return layer;
}
