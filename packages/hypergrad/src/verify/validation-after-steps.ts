import type { Metaparameters } from '@metadistill/losses';
import { tidy } from '@tensorflow/tfjs-core';
import { innerStep } from '../step/inner-step.js';
import type { BilevelProblem, InnerPoint } from '../types.js';

/** λ -> V(w_K(λ), λ) after K steps on one batch, with everything else fixed: what a hypergradient is the derivative of. */
export const validationAfterSteps =
  <Name extends string, TrainingBatch, ValidationBatch>(
    problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
    start: InnerPoint<Name>,
    trainingBatch: TrainingBatch,
    validationBatch: ValidationBatch,
    steps: number,
  ) =>
  async (metaparameters: Metaparameters<Name>): Promise<number> => {
    const value = tidy(() => {
      let point = { ...start, metaparameters };
      for (let k = 0; k < steps; k++) {
        const { next } = innerStep(point, problem.training(point.weights, trainingBatch));
        point = { ...point, ...next };
      }
      return problem.validation(point.weights, validationBatch, metaparameters).value;
    });
    const [number] = await value.data();
    value.dispose();
    return number as number;
  };
