import { checkOptions, checkPart } from '@metadistill/options';
import { clone, type Tensor2D } from '@tensorflow/tfjs-core';
import { expectPassArguments, expectTensors } from '../check-arguments.js';
import { scoped } from '../scoped.js';
import { sizeOf } from '../shapes.js';
import type { Model, OpaqueCache, Tensors, UniformSampler, Weights } from '../types.js';
import { checkLayersModel, refuseSquashing } from './check-layers-model.js';
import { compileNodes, type LayerCompilation } from './compile/compile-nodes.js';
import { fuse } from './compile/fuse.js';
import { untrainableReason } from './compile/untrainable-reason.js';
import { wireNodes } from './compile/wire-nodes.js';
import { dropoutMasks } from './dropout-masks.js';
import { type InputShape, inputShapesOf } from './input-shapes.js';
import { assignListed, copyOf, listWeights, specsOf } from './layers-model-weights.js';
import { lookThrough } from './look-through.js';
import { lookUpsOf } from './look-ups.js';
import { normalizedAway } from './normalized-away.js';
import { readApplications } from './read-applications.js';
import { regularizationOf } from './regularization.js';
import type { LayersModel } from './types.js';

export interface FromLayersModelOptions {
  /** Draws the seeds of dropout, such as `torchRandom(1).uniform`; needed to train if the model has unseeded dropout. */
  readonly uniform?: UniformSampler;
  /**
   * One example's shape, for a model that leaves sizes of it open: `[10]` if it takes `[null, null]`; a list of shapes for several
   * inputs. The `Model` takes examples of that shape alone.
   */
  readonly inputShape?: InputShape;
}

/** A `tf.LayersModel` as a `Model`. */
export interface CompiledModel extends Model<OpaqueCache<'layersModel'>> {
  /** What became of each layer, in the order of the graph. */
  readonly compilation: readonly LayerCompilation[];
  /**
   * Puts weights of this model into the LayersModel, whichever of its layers were frozen since: see `assignWeights`.
   *
   * @throws RangeError if their count or shapes are not those of the model, or one was disposed of.
   */
  assign(weights: Weights): void;
}

/**
 * Your own `tf.LayersModel` as a `Model`: its graph is compiled, not wrapped.
 *
 * Layers that this package knows become its own, with the same weights, in one graph: residual and parallel branches, shared
 * layers, models within the model. They have `jvp` and `secondOrder`, use fused kernels, and a forward pass serves all
 * derivatives. TensorFlow.js runs each other layer, such as a recurrent or a custom one, as a node of the same graph: each
 * backward pass repeats that node's forward pass, and the model has neither `jvp` nor `secondOrder`. If
 * masks pass through branches or models within the model, it runs the model as a whole. `compilation` says which layers these
 * are.
 *
 * Weights go in and out as for any model, and `initialize` copies those that the LayersModel holds, whatever the
 * sampler: Keras initialisers have drawn them (`weightsOf` takes them out, `assignWeights` puts them back). No pass changes the
 * LayersModel. The weights of frozen layers are `statistics`.
 *
 * Training mode means what tfjs-layers means by it. Batch norm normalises by the batch's statistics, differentiated
 * through, and `statistics` come out moved by Keras' rule: momentum 0.99 unless the layer says otherwise, towards the
 * biased variance. Dropout is drawn once for a batch: all passes over one tensor of inputs share their masks, so that a
 * batch that you keep keeps its masks.
 *
 * A softmax or sigmoid at the end is looked through, also before layers that only reshape: the model gives the logits that
 * go into it, and your LayersModel its probabilities as before. One sigmoid unit is two classes, with logits [0, z]. Several
 * sigmoid units are logits of classes that exclude each other: losses take their softmax, so that this trains no labels that
 * may hold at once.
 *
 * L1 and L2 regularisers are `penalties`, which `logitProblem` adds to the training loss once per weight; `fit` of
 * tfjs-layers counts those of a shared layer once per application. Constraints and losses of other kinds make the model
 * `untrainable`.
 *
 * Several inputs go in as one row per example, `[sum of sizes]`, in the order of `layersModel.inputs`. All values are float32; an
 * input that the LayersModel declares as int32 loses its fractions, as in `predict`.
 *
 * A model that can predict and not be trained, such as a teacher without anything to train, says why in `untrainable`.
 *
 * A model that leaves sizes open, such as the length of a text, takes examples of one shape here: `inputShape`.
 *
 * @throws RangeError if sizes of the inputs stay open, the model does not have one output `[batch, classes]`, keeps a
 *   state between passes, or gives probabilities that cannot be looked through, such as the average of an ensemble; on use,
 *   Error from a training pass if randomness cannot be held still.
 */
export function fromLayersModel(
  layersModel: LayersModel,
  options: FromLayersModelOptions = {},
): CompiledModel {
  checkPart('fromLayersModel', 'layersModel', layersModel, 'layersModel');
  checkOptions('fromLayersModel', options, { uniform: 'uniform?', inputShape: true });
  const shapes = inputShapesOf(layersModel, options.inputShape);
  checkLayersModel(layersModel);
  const masks = dropoutMasks(layersModel, options.uniform);
  const read = readApplications(layersModel, shapes);
  if (read === undefined) refuseSquashing(layersModel);
  const { applications, squashing } = lookThrough(read);
  const outputs = layersModel.outputs[0]!.shape[1]!;
  const isBinary = squashing === 'sigmoid' && outputs === 1;
  const { nodes, layers } = compileNodes(layersModel, shapes, applications, masks, isBinary);
  const listed = listWeights(layersModel);
  const regularization = regularizationOf(layersModel, listed);
  const { wired, toWired, ofWired } = wireNodes(layersModel.name, listed, fuse(nodes));
  const lost = normalizedAway(layersModel);
  const lookUps = lookUpsOf(read ?? [], shapes);
  const { name } = layersModel;
  const declared = {
    name,
    inputShape:
      shapes.length === 1 ? [...shapes[0]!] : [shapes.reduce((sum, shape) => sum + sizeOf(shape), 0)],
    ...specsOf(listed),
  };
  const untrainable = untrainableReason(layersModel, nodes, masks.refusal ?? regularization.refusal);
  const { jvp, secondOrder } = wired;
  const model: Model & Pick<CompiledModel, 'assign' | 'compilation'> = {
    ...declared,
    classes: isBinary ? 2 : outputs,
    compilation: layers,
    ...(regularization.penalties && { penalties: regularization.penalties }),
    ...(untrainable !== undefined && { untrainable }),
    ...(lookUps.length > 0 && { lookUps }),
    ...(lost !== undefined && { normalizedAway: lost }),
    assign: (weights) => assignListed('assign', name, listed, weights),
    initialize: () => copyOf(listed),

    forward(weights, inputs, mode) {
      expectPassArguments(declared, weights, inputs, mode);
      const training = mode === 'training';
      if (training && masks.refusal !== undefined) throw new Error(`fromLayersModel: ${masks.refusal}`);
      const seed = training ? masks.seedOf(inputs) : 0;
      return scoped(() => {
        const pass = masks.frozen(seed, () => wired.forward(toWired(weights), inputs, mode));
        const statistics = training
          ? movedStatistics(weights, ofWired.statistics(pass.statistics))
          : weights.statistics;
        return { logits: pass.output as Tensor2D, cache: pass.cache, statistics };
      });
    },

    predict(weights, inputs) {
      expectPassArguments(declared, weights, inputs, 'evaluation');
      return wired.predict(toWired(weights), inputs) as Tensor2D;
    },

    vjp: (weights, cache, logitsCotangent) =>
      scoped(() => ofWired.parameters(wired.vjp(toWired(weights), cache, logitsCotangent, false).parameters)),

    ...(jvp && {
      jvp(weights, cache, parameterTangents) {
        expectTensors(name, 'parameterTangents', parameterTangents, declared.parameters);
        const tangents = toWired({ ...weights, parameters: parameterTangents }).parameters;
        return jvp(toWired(weights), cache, tangents, undefined) as Tensor2D;
      },
    }),

    ...(secondOrder && {
      secondOrder(weights, cache, logitsCotangent) {
        const pass = secondOrder(toWired(weights), cache, logitsCotangent, false);
        return {
          parameters: ofWired.parameters(pass.parameters),
          along(parameterTangents) {
            expectTensors(name, 'parameterTangents', parameterTangents, declared.parameters);
            const tangents = toWired({ ...weights, parameters: parameterTangents }).parameters;
            const { output, pullBack } = pass.along(tangents, undefined);
            return {
              logits: output as Tensor2D,
              pullBack: (cotangentTangent) =>
                scoped(() => ofWired.parameters(pullBack(cotangentTangent).parameters)),
            };
          },
        };
      },
    }),
  };
  return model as CompiledModel;
}

/** What a frozen layer gives back as it was is a copy, so that the caller owns all. */
const movedStatistics = (before: Weights, after: Tensors): Tensors =>
  after.map((each) => (before.statistics.includes(each) ? clone(each) : each));
