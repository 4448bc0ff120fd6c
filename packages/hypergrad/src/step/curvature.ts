import { addScaled, scoped, type Tensors } from '@metadistill/models';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import { addCosts, operationCosts, timesCost } from '../cost.js';
import type { BilevelProblem, Cost, InnerPoint, TrainingPoint } from '../types.js';
import { mixedProduct } from './mixed-product.js';

/** L and g = ∇_w L at a point, and products with the derivatives of g by w and λ, each with the passes that it took. */
export interface Curvature {
  readonly value: Scalar;
  readonly gradient: Tensors;
  /** The passes that value and gradient took. */
  readonly cost: Cost;
  /** H d, H = ∂²L/∂w². */
  multiply(direction: Tensors): { readonly product: Tensors; readonly cost: Cost };
  /** (∂g/∂(w, λ))ᵀ u: H u, and [⟨u, ∂²L/∂w∂λ_j⟩]_j. */
  pullBack(direction: Tensors): { readonly product: Tensors; readonly mixed: Tensor1D; readonly cost: Cost };
  /** How g moves with each metaparameter while w moves along its d_j: H d_j + ∂²L/∂w∂λ_j. */
  pushForward(directions: readonly Tensors[]): { readonly tangents: readonly Tensors[]; readonly cost: Cost };
}

/** Exact if the problem linearises its gradient; otherwise by its Hessian-vector products and mixed derivatives. */
export function curvatureAt<Name extends string, TrainingBatch, ValidationBatch>(
  problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
  training: TrainingPoint<Name>,
  point: InnerPoint<Name>,
): Curvature {
  const { metaparameters } = point;
  const costs = operationCosts(problem);
  const linearized = training.linearize?.(metaparameters);
  if (!linearized) {
    const multiply = (direction: Tensors) => training.hessianVectorProduct(metaparameters, direction);
    return {
      ...training.valueAndGradient(metaparameters),
      cost: costs.valueAndGradient,
      multiply: (direction) => ({ product: multiply(direction), cost: costs.hessianVectorProduct }),
      pullBack(direction) {
        const mixed = mixedProduct(problem, training, point, direction);
        const cost = addCosts(mixed.cost, costs.hessianVectorProduct);
        return { product: multiply(direction), mixed: mixed.product, cost };
      },
      pushForward(directions) {
        const mixed = training.mixedDerivatives(metaparameters);
        return {
          tangents: directions.map((direction, j) => addScaled(multiply(direction), mixed[j] as Tensors, 1)),
          cost: addCosts(costs.mixedDerivatives, timesCost(directions.length, costs.hessianVectorProduct)),
        };
      },
    };
  }
  const { value, gradient, along } = linearized;
  const productCost = addCosts(costs.along, costs.gradientTangent);
  // Each scope frees the tangents of all activations before the next product is made.
  return {
    value,
    gradient,
    cost: costs.linearize,
    multiply: (direction) => ({
      product: scoped(() => along(direction).gradientTangent()),
      cost: productCost,
    }),
    pullBack: (direction) =>
      scoped(() => {
        const tangent = along(direction);
        return { product: tangent.gradientTangent(), mixed: tangent.mixedProduct(), cost: productCost };
      }),
    pushForward: (directions) => ({
      tangents: directions.map((direction, j) => scoped(() => along(direction).gradientTangent(j))),
      cost: timesCost(directions.length, productCost),
    }),
  };
}
