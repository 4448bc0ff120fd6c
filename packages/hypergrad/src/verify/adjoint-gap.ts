import { dotTensors, normTensors } from '@metadistill/models';
import { tidy } from '@tensorflow/tfjs-core';
import { innerStep } from '../methods/inner-step.js';
import type { BilevelProblem, InnerPoint } from '../types.js';
import { scattered } from './scattered.js';

/**
 * How far forward mode and backward mode are from being adjoint: the largest |⟨Ju, c_j⟩ − ⟨u, Jᵀc_j⟩| / (‖u‖ ‖Jᵀc_j‖)
 * over the metaparameters j, for u the training gradient and a direction without pattern.
 *
 * @returns undefined where the problem has no forward-mode rule.
 */
export const adjointGap = <Name extends string, TrainingBatch, ValidationBatch>(
  problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
  point: InnerPoint<Name>,
  trainingBatch: TrainingBatch,
): number | undefined => {
  let gap: number | undefined;
  tidy(() => {
    const training = problem.training(point.weights, trainingBatch);
    if (!training.mixedProduct) return;
    const derivatives = training.mixedDerivatives(point.metaparameters);
    const directions = [innerStep(point, training).gradient, scattered(point.weights.parameters)];
    const gaps = directions.flatMap((direction) => {
      const products = training.mixedProduct?.(point.metaparameters, direction).dataSync() ?? [];
      return derivatives.map((derivative, j) => {
        const [inner, a, b] = [
          dotTensors(direction, derivative),
          normTensors(direction),
          normTensors(derivative),
        ].map((scalar) => scalar.dataSync()[0] as number) as [number, number, number];
        const distance = Math.abs((products[j] as number) - inner);
        return distance === 0 ? 0 : distance / (a * b);
      });
    });
    gap = Math.max(...gaps);
  });
  return gap;
};
