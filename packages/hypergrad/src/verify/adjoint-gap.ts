import { dotTensors, normTensors } from '@metadistill/models';
import { type Scalar, slice, squeeze, type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import { readScalars } from '../read-scalars.js';
import { innerStep } from '../step/inner-step.js';
import type { BilevelProblem, InnerPoint } from '../types.js';
import { probeDirection } from './probe-direction.js';

/**
 * How far forward mode and backward mode are from being adjoint: the largest |⟨Ju, c_j⟩ − ⟨u, Jᵀc_j⟩| / (‖u‖ ‖Jᵀc_j‖)
 * over the metaparameters j, for u the training gradient and a direction without pattern.
 *
 * @returns undefined if the problem has no forward-mode rule, or an array, for which there is no backward mode.
 */
export async function adjointGap<Name extends string, TrainingBatch, ValidationBatch>(
  problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
  point: InnerPoint<Name>,
  trainingBatch: TrainingBatch,
): Promise<number | undefined> {
  if (problem.shapes) return undefined;
  const products = tidy(() => {
    const training = problem.training(point.weights, trainingBatch);
    if (!training.mixedProduct) return undefined;
    const derivatives = training.mixedDerivatives(point.metaparameters);
    const directions = [innerStep(point, training).gradient, probeDirection(point.weights.parameters)];
    return directions.flatMap((direction) => {
      const forward = training.mixedProduct?.(point.metaparameters, direction) as Tensor1D;
      return derivatives.map((derivative, j) => ({
        forward: squeeze<Scalar>(slice(forward, j, 1)),
        backward: dotTensors(direction, derivative),
        directionNorm: normTensors(direction),
        derivativeNorm: normTensors(derivative),
      }));
    });
  });
  if (!products) return undefined;
  const gaps = (await Promise.all(products.map(readScalars))).map(
    ({ forward, backward, directionNorm, derivativeNorm }) => {
      const distance = Math.abs(forward - backward);
      return distance === 0 ? 0 : distance / (directionNorm * derivativeNorm);
    },
  );
  return Math.max(...gaps);
}
