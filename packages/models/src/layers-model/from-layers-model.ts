import { checkOptions, checkPart } from '@metadistill/options';
import { clone, mul, sum, type Tensor2D, variableGrads, zerosLike } from '@tensorflow/tfjs-core';
import { expectPassArguments } from '../check-arguments.js';
import { scoped } from '../scoped.js';
import type { Model, OpaqueCache, UniformSampler } from '../types.js';
import { checkLayersModel } from './check-layers-model.js';
import { dropoutMasks } from './dropout-masks.js';
import { holding, specsOf, variablesOf, weightsOf } from './layers-model-weights.js';
import type { LayersModel } from './types.js';

export interface FromLayersModelOptions {
  /** Draws the seeds of dropout, such as `torchRandom(1).uniform`; needed if the model has unseeded dropout. */
  readonly uniform?: UniformSampler;
}

/** The forward pass, to be run again: same inputs, same mode, same dropout. */
interface LayersModelPass {
  readonly pass: () => Tensor2D;
}

/**
 * Your own `tf.LayersModel` as a `Model`, through TensorFlow.js' first derivatives.
 *
 * Weights go in and out as for any model, and `initialize` copies those that the LayersModel holds, whatever the
 * sampler: Keras initialisers have drawn them (`weightsOf` takes them out, `assignWeights` puts them back). Each pass lends
 * the weights to the model's variables and gives these their own values back, so that the LayersModel is as it was.
 *
 * Cost: `forward` and `predict` are one forward pass. TensorFlow.js keeps no tape between calls, so that each `vjp` is a
 * forward and a backward pass of its own: a plain step takes two forward passes where a `model` takes one, and counts
 * of passes that take a `vjp` for a backward pass are short by as many forward ones.
 *
 * Training mode means what tfjs-layers means by it. Batch norm normalises by the batch's statistics, differentiated
 * through, and `statistics` come out moved by Keras' rule: momentum 0.99 unless the layer says otherwise, towards the
 * biased variance, where PyTorch and `batchNorm` move by 0.1 towards the unbiased one. Dropout is drawn once for a batch:
 * all passes over one tensor of inputs share their masks, so that a batch that you keep keeps its masks.
 * Regularisers and constraints of layers play no part.
 *
 * There is no forward-mode rule: use hypergradients through `vjp`, such as `mixed({ via: 'vjp' })`. On wasm, derivatives
 * of convolutions and pooling need the kernels of `@metadistill/backend`. One forward and backward pass over one example
 * of zeros checks that the model trains on the current backend: await `selectBackend()` before you adapt it.
 *
 * @throws RangeError if the model does not have one input of known shape and one output `[batch, classes]`, ends with a
 *   softmax or sigmoid, or has nothing to train.
 * @throws Error if no gradients are registered, randomness cannot be held still, or a layer, which it names, does not train
 *   on the current backend.
 */
export function fromLayersModel(
  layersModel: LayersModel,
  options: FromLayersModelOptions = {},
): Model<OpaqueCache<'layersModel'>> {
  checkPart('fromLayersModel', 'layersModel', layersModel, 'layersModel');
  checkOptions('fromLayersModel', options, { uniform: 'uniform?' });
  checkLayersModel(layersModel);
  const masks = dropoutMasks(layersModel, options.uniform);
  const variables = variablesOf(layersModel);
  const declared = {
    name: layersModel.name,
    inputShape: layersModel.inputs[0]?.shape.slice(1) as number[],
    ...specsOf(layersModel),
  };
  const model: Model<LayersModelPass> = {
    ...declared,
    classes: layersModel.outputs[0]!.shape[1]!,
    initialize: () => weightsOf(layersModel),

    forward(weights, inputs, mode) {
      expectPassArguments(declared, weights, inputs, mode);
      const training = mode === 'training';
      const seed = training ? masks.seedOf(inputs) : 0;
      const pass = () => masks.frozen(seed, () => layersModel.apply(inputs, { training }) as Tensor2D);
      return scoped(() =>
        holding(variables, weights, () => ({
          logits: pass(),
          cache: { pass },
          statistics: training ? variables.statistics.map((moved) => clone(moved)) : weights.statistics,
        })),
      );
    },

    predict(weights, inputs) {
      expectPassArguments(declared, weights, inputs);
      return scoped(() =>
        holding(variables, weights, () => layersModel.apply(inputs, { training: false }) as Tensor2D),
      );
    },

    // Jᵀu is the gradient of ⟨u, z(w)⟩.
    vjp: (weights, { pass }, logitsCotangent) =>
      scoped(() =>
        holding(variables, weights, () => {
          const { grads } = variableGrads(() => sum(mul(pass(), logitsCotangent)), [...variables.parameters]);
          return variables.parameters.map((variable) => grads[variable.name] ?? zerosLike(variable));
        }),
      ),
  };
  return model as Model as Model<OpaqueCache<'layersModel'>>;
}
