import type { Tensors, Weights } from '@metadistill/models';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { InnerPoint, TrainingPoint } from '../types.js';

/**
 * One step w -> w' = Φ(w, ∇_w L(w, λ)) from a training point, and how it is differentiated.
 *
 * `pullBack` maps a cotangent v of w' to u = (∂w'/∂g)ᵀ v, at the step's learning rate or another.
 */
export function innerStep<Name extends string>(
  point: InnerPoint<Name>,
  training: TrainingPoint<Name>,
): {
  readonly value: Scalar;
  readonly next: { readonly weights: Weights; readonly optimizerState: Tensors };
  pullBack(cotangent: Tensors, learningRate?: number): Tensors;
} {
  const { weights, optimizer, optimizerState, learningRate } = point;
  const { value, gradient } = training.valueAndGradient(point.metaparameters);
  const input = { parameters: weights.parameters, gradient, state: optimizerState, learningRate };
  const { parameters, state } = optimizer.step(input);
  return {
    value,
    next: { weights: { parameters, statistics: training.statistics }, optimizerState: state },
    pullBack: (cotangent, factorOf = learningRate) =>
      optimizer.pullBack({ ...input, learningRate: factorOf }, cotangent),
  };
}
