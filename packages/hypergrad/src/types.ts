import type { Metaparameters } from '@metadistill/losses';
import type { Tensors, Weights } from '@metadistill/models';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';

/** Network passes that a computation made: what its cost is compared by. */
export interface Cost {
  readonly forwards: number;
  readonly backwards: number;
  readonly jvps: number;
}

/**
 * The training loss L(w, λ) on one batch, linearised at one w. Everything that is asked of it shares one forward
 * pass. Valid inside the `tf.tidy` that surrounds its making.
 */
export interface TrainingPoint<Name extends string> {
  /** Running statistics after this batch. */
  readonly statistics: Tensors;
  /** L and ∇_w L at λ: one backward pass. */
  valueAndGradient(metaparameters: Metaparameters<Name>): {
    readonly value: Scalar;
    readonly gradient: Tensors;
  };
  /** ∂L/∂λ, `[metaparameters]`: no pass through the network. */
  metaparameterGradient(metaparameters: Metaparameters<Name>): Tensor1D;
  /** [⟨v, ∂²L/∂w∂λ_j⟩]_j, `[metaparameters]`, by one forward-mode pass along v; absent where the model has none. */
  mixedProductByJvp?(metaparameters: Metaparameters<Name>, direction: Tensors): Tensor1D;
  /** The same by one backward pass a metaparameter. */
  mixedProductByVjps(metaparameters: Metaparameters<Name>, direction: Tensors): Tensor1D;
}

/**
 * min_λ V(w(λ)) where w follows gradient steps on L(w, λ).
 *
 * `L` is the training loss, `V` the validation loss, which does not depend on λ directly. Distillation is one such
 * problem (`distillationProblem`); ridge regression another.
 */
export interface BilevelProblem<Name extends string, TrainingBatch, ValidationBatch = TrainingBatch> {
  /** The order of every `[metaparameters]` tensor. */
  readonly metaparameters: readonly Name[];
  training(weights: Weights, batch: TrainingBatch): TrainingPoint<Name>;
  /** V and ∇V at w: one forward and one backward pass; moves no running statistics. */
  validation(
    weights: Weights,
    batch: ValidationBatch,
  ): { readonly value: Scalar; readonly gradient: Tensors };
}
