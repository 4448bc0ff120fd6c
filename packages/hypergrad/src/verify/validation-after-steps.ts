import type { Metaparameters } from '@metadistill/losses';
import { normTensors } from '@metadistill/models';
import { div, maximum, mul, type Scalar, tidy } from '@tensorflow/tfjs-core';
import { readScalars } from '../read-scalars.js';
import { innerStep } from '../step/inner-step.js';
import type { BilevelProblem, InnerPoint } from '../types.js';

/**
 * λ -> V(w_K(λ), λ) after K steps on one batch, with everything else fixed: what a hypergradient is the derivative of.
 *
 * @param gradientNorms lengths that the gradients of the steps are brought to, as `scaleFree` has it; their own if left out.
 */
export const validationAfterSteps =
  <Name extends string, TrainingBatch, ValidationBatch>(
    problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
    start: InnerPoint<Name>,
    trainingBatch: TrainingBatch,
    validationBatch: ValidationBatch,
    steps: number,
    gradientNorms?: readonly number[],
  ) =>
  async (metaparameters: Metaparameters<Name>): Promise<number> => {
    const value = tidy(() => {
      const { end } = walk(problem, { ...start, metaparameters }, trainingBatch, steps, gradientNorms);
      return problem.validation(end.weights, validationBatch, metaparameters).value;
    });
    const [number] = await value.data();
    value.dispose();
    return number as number;
  };

/** ‖∇_w L‖ at each of K steps. */
export async function gradientNormsOfSteps<Name extends string, TrainingBatch, ValidationBatch>(
  problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
  start: InnerPoint<Name>,
  trainingBatch: TrainingBatch,
  steps: number,
): Promise<number[]> {
  const norms = tidy(() => walk(problem, start, trainingBatch, steps).norms);
  return Object.values(await readScalars(norms));
}

function walk<Name extends string, TrainingBatch, ValidationBatch>(
  problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
  start: InnerPoint<Name>,
  trainingBatch: TrainingBatch,
  steps: number,
  gradientNorms?: readonly number[],
): { readonly end: InnerPoint<Name>; readonly norms: Scalar[] } {
  const norms: Scalar[] = [];
  let end = start;
  for (let k = 0; k < steps; k++) {
    const training = problem.training(end.weights, trainingBatch);
    const { value, gradient } = training.valueAndGradient(end.metaparameters);
    const norm = normTensors(gradient);
    norms.push(norm);
    const factor = gradientNorms && div(gradientNorms[k] as number, maximum(norm, 1e-30));
    const scaled = factor ? gradient.map((each) => mul(each, factor)) : gradient;
    end = { ...end, ...innerStep(end, training, { value, gradient: scaled }).next };
  }
  return { end, norms };
}
