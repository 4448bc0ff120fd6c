import { addScaled, normTensors, type Tensors } from '@metadistill/models';
import { tidy } from '@tensorflow/tfjs-core';
import { readScalars } from '../read-scalars.js';
import type { BilevelProblem, InnerPoint } from '../types.js';

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
  const step = (j: number): number => (reach[j] as number) / 8;
  const norms = tidy(() => {
    const training = problem.training(weights, trainingBatch);
    const derivatives = training.mixedDerivatives(metaparameters);
    return problem.metaparameters.map((name, j) => {
      const gradientAt = (shift: number): Tensors =>
        training.valueAndGradient({ ...metaparameters, [name]: metaparameters[name] + shift }).gradient;
      const h = step(j);
      // [8 (g(h) − g(−h)) − (g(2h) − g(−2h))] / 12h
      const fine = addScaled(gradientAt(h), gradientAt(-h), -1);
      const coarse = addScaled(gradientAt(2 * h), gradientAt(-2 * h), -1);
      const weighted = addScaled(fine, coarse, -1 / 8); // 12h/8 times the derivative
      const derivative = derivatives[j] as Tensors;
      const distance = addScaled(derivative, weighted, -8 / (12 * h));
      return {
        apart: normTensors(distance),
        closed: normTensors(derivative),
        differed: normTensors(weighted),
      };
    });
  });
  const read = await Promise.all(norms.map(readScalars));
  return read.map(({ apart, closed, differed }, j) =>
    apart === 0 ? 0 : apart / Math.max(closed, (differed * 8) / (12 * step(j))),
  );
}
