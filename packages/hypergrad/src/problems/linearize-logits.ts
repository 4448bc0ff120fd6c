import type { LogitLoss, Metaparameters } from '@metadistill/losses';
import { type Model, scoped, type Weights } from '@metadistill/models';
import { add, type Scalar, type Tensor2D } from '@tensorflow/tfjs-core';
import { derivativeAlong } from '../step/difference-along.js';
import type { LinearizedGradient } from '../types.js';
import { flatProduct } from './flat-product.js';
import type { LogitBatch } from './logit-batch.js';
import type { PenaltyTerm } from './penalty.js';

/** A forward pass of a model with a second-order rule, and the loss of its logits. */
export interface LogitPass<Name extends string> {
  readonly secondOrder: NonNullable<Model['secondOrder']>;
  readonly loss: LogitLoss<Name>;
  readonly weights: Weights;
  readonly batch: LogitBatch;
  readonly logits: Tensor2D;
  readonly cache: unknown;
  /** What the loss has besides that of the logits. */
  readonly penalty?: PenaltyTerm;
}

/**
 * g = ∇_w ℓ(z(w), λ) = Jᵀ ∂ℓ/∂z with its derivatives: along d and λ_j it moves by
 *
 *     (∂J/∂w · d)ᵀ ∂ℓ/∂z + Jᵀ ((∂²ℓ/∂z²) J d + ∂²ℓ/∂z∂λ_j),
 *
 * the model's second-order rule with the bracket as the tangent of the logits' cotangent; and ⟨d, ∂g/∂λ_j⟩ is
 * ⟨J d, ∂²ℓ/∂z∂λ_j⟩.
 */
export function linearizeLogits<Name extends string>(
  { secondOrder, loss, weights, batch, logits, cache, penalty }: LogitPass<Name>,
  metaparameters: Metaparameters<Name>,
): LinearizedGradient {
  const { value, gradient } = loss.valueAndGradient(logits, batch, metaparameters);
  const pass = secondOrder(weights, cache, gradient);
  const mixed = (j: number): Tensor2D => {
    const derivatives: Readonly<Record<string, Tensor2D>> = loss.mixedDerivatives(
      logits,
      batch,
      metaparameters,
    );
    return derivatives[loss.metaparameters[j] as Name] as Tensor2D;
  };
  return {
    value: penalty ? (add(value, penalty.value(weights.parameters)) as Scalar) : value,
    gradient: penalty ? penalty.addGradient(pass.parameters, weights.parameters) : pass.parameters,
    along(direction) {
      const tangent = pass.along(direction);
      return {
        mixedProduct: () => scoped(() => flatProduct(loss, logits, batch, metaparameters, tangent.logits)),
        gradientTangent: (j) =>
          scoped(() => {
            const curved =
              loss.hessianProduct?.(logits, batch, metaparameters, tangent.logits) ??
              differenceOfLogits(loss, logits, batch, metaparameters, tangent.logits);
            const pulled = tangent.pullBack(j === undefined ? curved : add(curved, mixed(j)));
            return penalty ? penalty.addHessianProduct(pulled, direction) : pulled;
          }),
      };
    },
  };
}

/** (∂²ℓ/∂z²) ż by a central difference that moves each logit by some 0.01: smooth, and away from the network's kinks. */
const differenceOfLogits = <Name extends string>(
  loss: LogitLoss<Name>,
  logits: Tensor2D,
  batch: LogitBatch,
  metaparameters: Metaparameters<Name>,
  tangent: Tensor2D,
): Tensor2D =>
  derivativeAlong(
    ([moved]) => [loss.valueAndGradient(moved as Tensor2D, batch, metaparameters).gradient],
    [logits],
    [tangent],
    0.01 * Math.sqrt(logits.size),
  )[0] as Tensor2D;
