import { addScaled, normTensors, type Tensors } from '@metadistill/models';
import { tidy } from '@tensorflow/tfjs-core';
import { readScalars } from '../read-scalars.js';
import type { BilevelProblem, InnerPoint } from '../types.js';
import { gradientChange } from './gradient-change.js';

/**
 * How far each ∂²L/∂w∂λ_j is from a central difference of ∇_w L over λ_j, relative to the larger of the two; the difference
 * is extrapolated from steps of a quarter and an eighth of the reach. w stays where it is, so that no kink of a network is
 * stepped over.
 */
export async function mixedDerivativeGaps<Name extends string, TrainingBatch, ValidationBatch>(
  problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
  { weights, metaparameters }: InnerPoint<Name>,
  trainingBatch: TrainingBatch,
  reach: readonly number[],
): Promise<number[]> {
  const norms = tidy(() => {
    const training = problem.training(weights, trainingBatch);
    const derivatives = training.mixedDerivatives(metaparameters);
    return problem.metaparameters.map((name, j) => {
      const value = metaparameters[name] as number;
      const change = gradientChange(
        (step) => training.valueAndGradient({ ...metaparameters, [name]: value + step }).gradient,
        (reach[j] as number) / 8,
      );
      const derivative = derivatives[j] as Tensors;
      return {
        apart: normTensors(addScaled(derivative, change, -1)),
        closed: normTensors(derivative),
        differed: normTensors(change),
      };
    });
  });
  const read = await Promise.all(norms.map(readScalars));
  return read.map(({ apart, closed, differed }) => (apart === 0 ? 0 : apart / Math.max(closed, differed)));
}
