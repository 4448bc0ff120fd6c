import { addCosts, operationCosts } from '../cost.js';
import type { BilevelProblem, Cost, InnerPoint, TrainingPoint } from '../types.js';
import { type Curvature, curvatureAt } from './curvature.js';
import { type InnerStep, innerStep } from './inner-step.js';

/** The training point at w, the step w -> w', and the derivatives of its gradient: what methods of second order start from. */
export function secondOrderStep<Name extends string, TrainingBatch, ValidationBatch>(
  problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
  point: InnerPoint<Name>,
  batch: TrainingBatch,
): {
  readonly training: TrainingPoint<Name>;
  readonly step: InnerStep;
  readonly curvature: Curvature;
  readonly cost: Cost;
} {
  const training = problem.training(point.weights, batch);
  const curvature = curvatureAt(problem, training, point);
  return {
    training,
    step: innerStep(point, training, curvature),
    curvature,
    cost: addCosts(operationCosts(problem).training, curvature.cost),
  };
}
