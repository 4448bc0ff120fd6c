import type { Tensors, Weights } from '@metadistill/models';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { InnerPoint, TrainingPoint } from '../types.js';

/** One step w -> w' = Φ(w, ∇_w L(w, λ)) from a training point, with what a hypergradient needs of it. */
export function innerStep<Name extends string>(
  point: InnerPoint<Name>,
  training: TrainingPoint<Name>,
): {
  readonly value: Scalar;
  readonly gradient: Tensors;
  readonly next: { readonly weights: Weights; readonly optimizerState: Tensors };
} {
  const { value, gradient } = training.valueAndGradient(point.metaparameters);
  const { parameters, state } = point.optimizer.step(
    point.weights.parameters,
    gradient,
    point.optimizerState,
    point.learningRate,
  );
  return {
    value,
    gradient,
    next: { weights: { parameters, statistics: training.statistics }, optimizerState: state },
  };
}
