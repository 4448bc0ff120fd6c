import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/**
 * D(u, v) between a student's and a teacher's shifted logits u = z/T, v = t/T `[batch, classes]`, and its derivatives
 * at that point. Summed over the batch: the caller adds the average, the power of T and the chain rule. The methods
 * share what they have in common and are called inside one `tidy`.
 */
export interface DivergenceAt {
  /** Sums to D: `[batch, 1]` if every example has its own divergence, else a scalar. */
  value(): Tensor;
  /** ∂D/∂u `[batch, classes]`. */
  studentGradient(): Tensor2D;
  /** ∂D/∂v `[batch, classes]`: needed since a temperature moves the teacher's softmax too. */
  teacherGradient(): Tensor2D;
  /** How ∂D/∂u changes as (u, v) moves along (u̇, v̇): (∂²D/∂u²)u̇ + (∂²D/∂u∂v)v̇, `[batch, classes]`; v̇ left out is 0. */
  studentGradientChange(uChange: Tensor2D, vChange?: Tensor2D): Tensor2D;
}

/**
 * A divergence at a point. `precise` asks for a value that keeps its digits when p and q nearly agree, as they do at a
 * high temperature; without it fewer operations may do.
 */
export type Divergence = (
  studentLogits: Tensor2D,
  teacherLogits: Tensor2D,
  labels: Tensor1D,
  precise: boolean,
) => DivergenceAt;
