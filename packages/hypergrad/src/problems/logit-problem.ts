import type { LogitLoss, Metaparameters } from '@metadistill/losses';
import { dotTensors, type Model, scoped, type Weights } from '@metadistill/models';
import { checkOptions } from '@metadistill/options';
import { stack, type Tensor1D } from '@tensorflow/tfjs-core';
import { positive } from '../check-number.js';
import { derivativeAlong } from '../step/difference-along.js';
import type { BilevelProblem, TrainingPoint } from '../types.js';
import { linearizeLogits } from './linearize-logits.js';
import type { LogitBatch } from './logit-batch.js';

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
 * metaparameter, and the second factor is the loss' closed form on `[batch, classes]`.
 * Training and validation batches are both normalised by their own statistics.
 *
 * Products with the Hessian, which `unrolled`, `forwardMode` and `implicit` need, are exact if the model has a
 * second-order rule, as all models made by `model` of `@metadistill/models` have. Otherwise they are central differences
 * of gradients, of two more forward and backward passes each: on networks with ReLU or max pooling these step over
 * kinks, and what needs them is rough there. `mixed` needs none.
 *
 * @throws RangeError if the radius is not positive, TypeError if an option is unknown.
 */
export function logitProblem<Name extends string>(
  options: LogitProblemOptions<Name>,
): BilevelProblem<Name, LogitBatch> {
  checkOptions<typeof options>('logitProblem', options, {
    model: true,
    trainingLoss: true,
    validationLoss: true,
    hessianRadius: true,
  });
  const { model, trainingLoss, validationLoss } = options;
  const hessianRadius = positive('logitProblem', 'hessianRadius', options.hessianRadius ?? 0.01);
  const { jvp, secondOrder } = model;
  const names = trainingLoss.metaparameters;
  const inOrder = <Value>(values: Readonly<Record<Name, Value>>): Value[] =>
    names.map((name) => values[name]);

  function training(weights: Weights, batch: LogitBatch): TrainingPoint<Name> {
    const { logits, cache, statistics } = model.forward(weights, batch.inputs, 'training');
    const linearize =
      secondOrder &&
      ((metaparameters: Metaparameters<Name>) =>
        linearizeLogits({ secondOrder, loss: trainingLoss, weights, batch, logits, cache }, metaparameters));
    return {
      statistics,
      valueAndGradient: (metaparameters) =>
        scoped(() => {
          const { value, gradient } = trainingLoss.valueAndGradient(logits, batch, metaparameters);
          return { value, gradient: model.vjp(weights, cache, gradient) };
        }),
      metaparameterGradient: (metaparameters) =>
        scoped(
          () => stack(inOrder(trainingLoss.metaparameterGradient(logits, batch, metaparameters))) as Tensor1D,
        ),
      mixedDerivatives: (metaparameters) =>
        scoped(() =>
          inOrder(trainingLoss.mixedDerivatives(logits, batch, metaparameters)).map((derivative) =>
            model.vjp(weights, cache, derivative),
          ),
        ),
      ...(jvp && {
        mixedProduct: (metaparameters, direction) =>
          scoped(() => {
            const logitTangent = jvp(weights, cache, direction);
            const derivatives = inOrder(trainingLoss.mixedDerivatives(logits, batch, metaparameters));
            return stack(
              derivatives.map((derivative) => dotTensors([logitTangent], [derivative])),
            ) as Tensor1D;
          }),
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
    ...(secondOrder && { costs: { hessianVectorProduct: { forwards: 0, backwards: 3, jvps: 1 } } }),
    training,
    validation: (weights, batch) =>
      scoped(() => {
        const { logits, cache } = model.forward(weights, batch.inputs, 'training');
        const { value, gradient } = validationLoss.valueAndGradient(logits, batch, {});
        return { value, gradient: model.vjp(weights, cache, gradient) };
      }),
  };
}
