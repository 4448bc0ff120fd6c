import { dotTensors, type Tensors } from '@metadistill/models';
import { tidy } from '@tensorflow/tfjs-core';
import { readScalars } from '../read-scalars.js';
import type { BilevelProblem, InnerPoint } from '../types.js';
import { probeDirection } from './probe-direction.js';

/**
 * How far the Hessian of the training loss is from symmetric: |⟨Hd, Hd⟩ − ⟨d, H(Hd)⟩| / ⟨Hd, Hd⟩ for a direction d without
 * pattern.
 *
 * @returns undefined if the problem has no exact rule for the derivatives of its gradient.
 */
export async function symmetryGap<Name extends string, TrainingBatch, ValidationBatch>(
  problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
  point: InnerPoint<Name>,
  trainingBatch: TrainingBatch,
): Promise<number | undefined> {
  const products = tidy(() => {
    const training = problem.training(point.weights, trainingBatch);
    const linearized = training.linearize?.(point.metaparameters);
    if (!linearized) return undefined;
    const product = (direction: Tensors) => linearized.along(direction).gradientTangent();
    const d = probeDirection(point.weights.parameters);
    const once = product(d);
    return { left: dotTensors(once, once), right: dotTensors(d, product(once)) };
  });
  if (!products) return undefined;
  const { left, right } = await readScalars(products);
  return left === right ? 0 : Math.abs(left - right) / left;
}
