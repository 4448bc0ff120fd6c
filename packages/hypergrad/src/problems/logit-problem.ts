import type { LogitLoss, Metaparameters } from '@metadistill/losses';
import { type Model, scoped, type Weights } from '@metadistill/models';
import { checkOptions } from '@metadistill/options';
import { add, type Scalar, type Tensor2D } from '@tensorflow/tfjs-core';
import { positive } from '../check-number.js';
import { segmentsOf } from '../space/layout.js';
import { derivativeAlong } from '../step/difference-along.js';
import { refuseArrays } from '../step/refuse-arrays.js';
import type { BilevelProblem, TrainingPoint, TrainingPointOptions } from '../types.js';
import { flatProduct, flatTensors } from './flat-product.js';
import { linearizeLogits } from './linearize-logits.js';
import { checkLogitBatch, type LogitBatch, validationCheck } from './logit-batch.js';
import { penaltyTerm } from './penalty.js';

export interface LogitProblemOptions<Name extends string> {
  readonly model: Model;
  /** ℓ of the training batch's logits and targets: what depends on λ. */
  readonly trainingLoss: LogitLoss<Name>;
  /** V of the validation batch's logits and targets; depends on no metaparameter. */
  readonly validationLoss: LogitLoss;
  /** How far the weights move for a difference of gradients, in Euclidean norm, if the model has no second-order rule; default 0.01. */
  readonly hessianRadius?: number;
}

/**
 * The bilevel problem of a model whose metaparameters enter the training loss after the logits: L(w, λ) = ℓ(z(w), λ).
 *
 * Because J = ∂z/∂w does not depend on λ, ⟨u, ∂²L/∂w∂λ_j⟩ = ⟨J u, ∂²ℓ/∂z∂λ_j⟩: one forward-mode pass serves every
 * metaparameter and all numbers of an array, and the second factor is the loss' closed form on `[batch, classes]`.
 * Training and validation batches are both normalised by their own statistics.
 *
 * Products with the Hessian, which `unrolled`, `forwardMode` and `implicit` need, are exact if the model has a
 * second-order rule, as all models made by `model` of `@metadistill/models` have. Otherwise they are central differences
 * of gradients, of two more forward and backward passes each: on networks with ReLU or max pooling these step over
 * kinks, and what needs them is rough there. `mixed` needs none.
 *
 * The model's `penalties`, such as the L2 regularisers of a `tf.LayersModel`, are added to the training loss: to its value,
 * its gradient and the products with its Hessian.
 *
 * @throws Error if the model is `untrainable`, RangeError if the radius is not positive or an array of the training loss has no shape, TypeError if the loss has
 *   an array and no `mixedProduct`, or an option is unknown.
 */
export function logitProblem<Name extends string>(
  options: LogitProblemOptions<Name>,
): BilevelProblem<Name, LogitBatch> {
  checkOptions<typeof options>('logitProblem', options, {
    model: 'model',
    trainingLoss: 'loss',
    validationLoss: 'loss',
    hessianRadius: true,
  });
  const { model, trainingLoss, validationLoss } = options;
  const hessianRadius = positive('logitProblem', 'hessianRadius', options.hessianRadius ?? 0.01);
  if (model.untrainable !== undefined) throw new Error(`logitProblem: ${model.untrainable}`);
  const { jvp, secondOrder } = model;
  const penalty = model.penalties && penaltyTerm(model.penalties);
  const names = trainingLoss.metaparameters;
  checkArrays(trainingLoss);

  function training(
    weights: Weights,
    batch: LogitBatch,
    { once = false }: TrainingPointOptions = {},
  ): TrainingPoint<Name> {
    const { logits, cache, statistics } = model.forward(weights, batch.inputs, 'training');
    const linearize =
      secondOrder &&
      ((metaparameters: Metaparameters<Name>) =>
        linearizeLogits(
          { secondOrder, loss: trainingLoss, weights, batch, logits, cache, ...(penalty && { penalty }) },
          metaparameters,
        ));
    return {
      statistics,
      valueAndGradient: (metaparameters) =>
        scoped(() => {
          const { value, gradient } = trainingLoss.valueAndGradient(logits, batch, metaparameters);
          const ofWeights = model.vjp(weights, cache, gradient, { consume: once });
          if (!penalty) return { value, gradient: ofWeights };
          return {
            value: add(value, penalty.value(weights.parameters)) as Scalar,
            gradient: penalty.addGradient(ofWeights, weights.parameters),
          };
        }),
      metaparameterGradient: (metaparameters) =>
        scoped(() => flatTensors(names, trainingLoss.metaparameterGradient(logits, batch, metaparameters))),
      mixedDerivatives: (metaparameters) =>
        scoped(() => {
          refuseArrays('logitProblem', names, 'Use mixedProduct in place of mixedDerivatives.');
          const derivatives: Readonly<Record<string, Tensor2D>> = trainingLoss.mixedDerivatives(
            logits,
            batch,
            metaparameters,
          );
          return names.map((name) => model.vjp(weights, cache, derivatives[name] as Tensor2D));
        }),
      ...(jvp && {
        mixedProduct: (metaparameters, direction) =>
          scoped(() =>
            flatProduct(trainingLoss, logits, batch, metaparameters, jvp(weights, cache, direction)),
          ),
      }),
      ...(linearize && { linearize }),
      hessianVectorProduct: (metaparameters, direction) =>
        linearize
          ? scoped(() => linearize(metaparameters).along(direction).gradientTangent())
          : derivativeAlong(
              (parameters) =>
                training({ ...weights, parameters }, batch).valueAndGradient(metaparameters).gradient,
              weights.parameters,
              direction,
              hessianRadius,
            ),
    };
  }

  return {
    metaparameters: names,
    ...(trainingLoss.shapes && { shapes: trainingLoss.shapes }),
    ...validationCheck('logitProblem', validationLoss),
    checkBatch: (batch, name) => checkLogitBatch(batch, name, model.classes),
    ...(secondOrder && { costs: { hessianVectorProduct: { forwards: 0, backwards: 3, jvps: 1 } } }),
    training,
    validation: (weights, batch) =>
      scoped(() => {
        const { logits, cache } = model.forward(weights, batch.inputs, 'training');
        const { value, gradient } = validationLoss.valueAndGradient(logits, batch, {});
        return { value, gradient: model.vjp(weights, cache, gradient, { consume: true }) };
      }),
  };
}

function checkArrays<Name extends string>(loss: LogitLoss<Name>): void {
  const array = segmentsOf(loss).find(({ isArray }) => isArray);
  if (array === undefined || loss.mixedProduct) return;
  throw new TypeError(
    `logitProblem: ${loss.name} has the array ${array.name} and no mixedProduct; expected both or neither. ` +
      'Give the loss the products with its mixed derivatives for all numbers at once.',
  );
}
