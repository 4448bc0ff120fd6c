import type { Tensors, Weights } from '@metadistill/models';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { InnerOptimizer, InnerPoint, TrainingPoint } from '../types.js';

/** A step w -> w', and its derivatives by all that it was made from. */
export interface InnerStep {
  /** L(w, λ). */
  readonly value: Scalar;
  /** ∇_w L(w, λ). */
  readonly gradient: Tensors;
  readonly next: { readonly weights: Weights; readonly optimizerState: Tensors };
  /** Jᵀ of the step, at its learning rate or another. */
  vjp(
    cotangent: Parameters<InnerOptimizer['vjp']>[1],
    learningRate?: number,
  ): ReturnType<InnerOptimizer['vjp']>;
  /** J of the step. */
  jvp(tangent: Parameters<InnerOptimizer['jvp']>[1]): ReturnType<InnerOptimizer['jvp']>;
}

/**
 * One step w -> w' = Φ(w, ∇_w L(w, λ)) from a training point. Its tensors live in the `tf.tidy` around it.
 *
 * @param loss L and ∇_w L, if they are known already.
 */
export function innerStep<Name extends string>(
  point: InnerPoint<Name>,
  training: TrainingPoint<Name>,
  loss = training.valueAndGradient(point.metaparameters),
): InnerStep {
  const { weights, optimizer, optimizerState, learningRate } = point;
  const { value, gradient } = loss;
  const input = { parameters: weights.parameters, gradient, state: optimizerState, learningRate };
  const { parameters, state } = optimizer.step(input);
  return {
    value,
    gradient,
    next: { weights: { parameters, statistics: training.statistics }, optimizerState: state },
    vjp: (cotangent, factorOf = learningRate) =>
      optimizer.vjp({ ...input, learningRate: factorOf }, cotangent),
    jvp: (tangent) => optimizer.jvp(input, tangent),
  };
}
