import type { ComposedGradient, ComposedInputs, ComposedLoss, LogitLoss } from '@metadistill/losses';
import { features, type LayeredModel, scoped, type Tensors, type Weights } from '@metadistill/models';
import { checkOptions } from '@metadistill/options';
import { type Tensor, type Tensor2D, zerosLike } from '@tensorflow/tfjs-core';
import { positive } from '../check-number.js';
import { derivativeAlong } from '../step/difference-along.js';
import { refuseArrays } from '../step/refuse-arrays.js';
import type { BilevelProblem, TrainingPoint } from '../types.js';
import { flatTensors } from './flat-product.js';
import { checkLogitBatch, type LogitBatch, validationCheck } from './logit-batch.js';

/** A batch with the teacher's features by layer name, `[batch, ...]`; a batch to validate on has no need of them. */
export interface ComposedBatch extends LogitBatch {
  readonly teacherFeatures?: Readonly<Record<string, Tensor>>;
}

export interface ComposedProblemOptions {
  readonly model: LayeredModel;
  /** The layers whose features the loss compares, by name; see `features` of `@metadistill/models`. */
  readonly layers: readonly string[];
  readonly trainingLoss: ComposedLoss;
  readonly validationLoss: LogitLoss;
  /** The adapters of the loss by name; their weights follow those of the model among the parameters. */
  readonly adapters?: readonly string[];
  /** How far the weights move for a difference of gradients, in Euclidean norm; default 0.01. */
  readonly hessianRadius?: number;
}

/**
 * The bilevel problem of a student that learns from a teacher's features as well as its logits: each weight of a layer's
 * loss, like each temperature, can be a metaparameter.
 *
 * They enter after logits and features y = (z, f_1, f_2, ...), so that one forward-mode pass serves all of them,
 * ⟨u, ∂²L/∂w∂λ_j⟩ = ⟨∂y/∂w u, ∂²ℓ/∂y∂λ_j⟩. Products with the Hessian are central differences of gradients.
 *
 * @throws RangeError if the model has no layer of a name, TypeError if an option is unknown; on use, RangeError if the
 *   parameters are not those of the model and one for each adapter.
 */
export function composedProblem(
  options: ComposedProblemOptions,
): BilevelProblem<string, ComposedBatch, LogitBatch> {
  checkOptions<ComposedProblemOptions>('composedProblem', options, {
    model: 'layeredModel',
    layers: 'string[]',
    trainingLoss: 'composedLoss',
    validationLoss: 'loss',
    adapters: 'string[]?',
    hessianRadius: true,
  });
  const { model, trainingLoss, validationLoss, adapters = [] } = options;
  const hessianRadius = positive('composedProblem', 'hessianRadius', options.hessianRadius ?? 0.01);
  const opened = features(model, options.layers);
  const names = trainingLoss.metaparameters;

  const split = ({ parameters, statistics }: Weights) => {
    const own = model.parameters.length;
    if (parameters.length !== own + adapters.length) {
      throw new RangeError(
        `composedProblem: weights.parameters has ${parameters.length} tensors; expected ${own} of ${model.name} and ` +
          `${adapters.length} of adapters. Append the weight of each adapter, in the order of adapters.`,
      );
    }
    return {
      weights: { parameters: parameters.slice(0, own), statistics },
      adapterWeights: parameters.slice(own) as readonly Tensor2D[],
    };
  };

  function training(all: Weights, batch: ComposedBatch): TrainingPoint<string> {
    const { weights, adapterWeights } = split(all);
    const pass = opened.forward(weights, batch.inputs, 'training');
    const inputs: ComposedInputs = {
      studentLogits: pass.logits,
      targets: batch,
      studentFeatures: pass.features,
      ...(batch.teacherFeatures && { teacherFeatures: batch.teacherFeatures }),
      adapters: Object.fromEntries(adapters.map((name, i) => [name, adapterWeights[i] as Tensor2D])),
    };
    const pullBack = ({ logits, features: ofFeatures, adapters: ofAdapters }: ComposedGradient): Tensors => [
      ...opened.vjp(weights, pass.cache, { ...(logits && { logits }), features: ofFeatures }),
      ...adapters.map((name, i) => ofAdapters[name] ?? zerosLike(adapterWeights[i] as Tensor)),
    ];
    return {
      statistics: pass.statistics,
      valueAndGradient: (metaparameters) =>
        scoped(() => {
          const { value, gradient } = trainingLoss.valueAndGradient(inputs, metaparameters);
          return { value, gradient: pullBack(gradient) };
        }),
      metaparameterGradient: (metaparameters) =>
        scoped(() => {
          const derivatives = trainingLoss.metaparameterGradient(inputs, metaparameters);
          return flatTensors(names, derivatives as Readonly<Record<string, Tensor>>);
        }),
      mixedDerivatives: (metaparameters) =>
        scoped(() => {
          refuseArrays('composedProblem', names, 'Use mixedProduct in place of mixedDerivatives.');
          const derivatives = trainingLoss.mixedDerivatives(inputs, metaparameters);
          return names.map((name) => pullBack(derivatives[name] as ComposedGradient));
        }),
      mixedProduct: (metaparameters, direction) =>
        scoped(() => {
          const { weights: along, adapterWeights: ofAdapters } = split({ ...all, parameters: direction });
          const tangents = {
            ...opened.jvp(weights, pass.cache, along.parameters),
            adapters: Object.fromEntries(adapters.map((name, i) => [name, ofAdapters[i]!])),
          };
          return flatTensors(names, trainingLoss.mixedProduct(inputs, metaparameters, tangents));
        }),
      hessianVectorProduct: (metaparameters, direction) =>
        derivativeAlong(
          (parameters) => training({ ...all, parameters }, batch).valueAndGradient(metaparameters).gradient,
          all.parameters,
          direction,
          hessianRadius,
        ),
    };
  }

  return {
    metaparameters: names,
    ...(trainingLoss.shapes && { shapes: trainingLoss.shapes }),
    ...validationCheck('composedProblem', validationLoss),
    checkBatch: (batch, name) => checkLogitBatch(batch, name, model.classes),
    training,
    validation: (all, batch) =>
      scoped(() => {
        const { weights, adapterWeights } = split(all);
        const { logits, cache } = model.forward(weights, batch.inputs, 'training');
        const { value, gradient } = validationLoss.valueAndGradient(logits, batch, {});
        const ofAdapters = adapterWeights.map((weight) => zerosLike(weight));
        return { value, gradient: [...model.vjp(weights, cache, gradient), ...ofAdapters] };
      }),
  };
}
