import { addCosts, operationCosts } from '../cost.js';
import type { BilevelProblem, Cost, InnerPoint, TrainingPoint } from '../types.js';
import { type InnerStep, innerStep } from './inner-step.js';

/** The training point at w and the step w -> w'. */
export function firstOrderStep<Name extends string, TrainingBatch, ValidationBatch>(
  problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
  point: InnerPoint<Name>,
  batch: TrainingBatch,
): { readonly training: TrainingPoint<Name>; readonly step: InnerStep; readonly cost: Cost } {
  const training = problem.training(point.weights, batch);
  const { training: opening, valueAndGradient } = operationCosts(problem);
  return { training, step: innerStep(point, training), cost: addCosts(opening, valueAndGradient) };
}
