import { dotTensors, type Tensors } from '@metadistill/models';
import { tidy } from '@tensorflow/tfjs-core';
import type { BilevelProblem, InnerPoint } from '../types.js';
import { scattered } from './scattered.js';

/**
 * How far the Hessian of the training loss is from symmetric: |⟨Hd, Hd⟩ − ⟨d, H(Hd)⟩| / ⟨Hd, Hd⟩ for a direction d without
 * pattern.
 *
 * @returns undefined where the problem has no exact rule for the derivatives of its gradient.
 */
export const symmetryGap = <Name extends string, TrainingBatch, ValidationBatch>(
  problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
  point: InnerPoint<Name>,
  trainingBatch: TrainingBatch,
): number | undefined => {
  let gap: number | undefined;
  tidy(() => {
    const training = problem.training(point.weights, trainingBatch);
    const linearized = training.linearize?.(point.metaparameters);
    if (!linearized) return;
    const product = (direction: Tensors) => linearized.along(direction).gradientTangent();
    const d = scattered(point.weights.parameters);
    const once = product(d);
    const [left, right] = [dotTensors(once, once), dotTensors(d, product(once))].map(
      (scalar) => scalar.dataSync()[0],
    ) as [number, number];
    gap = left === right ? 0 : Math.abs(left - right) / left;
  });
  return gap;
};
