import type { Metaparameters } from '@metadistill/losses';
import { tidy } from '@tensorflow/tfjs-core';
import { innerStep } from '../methods/inner-step.js';
import type { BilevelProblem, InnerPoint } from '../types.js';

/** λ -> V(w'(λ), λ) with everything else fixed: what a one-step hypergradient is the derivative of. */
export const validationAfterStep =
  <Name extends string, TrainingBatch, ValidationBatch>(
    problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
    point: InnerPoint<Name>,
    trainingBatch: TrainingBatch,
    validationBatch: ValidationBatch,
  ) =>
  async (metaparameters: Metaparameters<Name>): Promise<number> => {
    const value = tidy(() => {
      const training = problem.training(point.weights, trainingBatch);
      const { next } = innerStep({ ...point, metaparameters }, training);
      return problem.validation(next.weights, validationBatch, metaparameters).value;
    });
    const [number] = await value.data();
    value.dispose();
    return number as number;
  };
