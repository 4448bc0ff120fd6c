import { addCosts, operationCosts } from '../cost.js';
import type { BilevelProblem, Cost, InnerPoint, TrainingPoint, ValidationResult } from '../types.js';
import { checkPoint } from './check-point.js';
import { firstOrderStep } from './first-order-step.js';
import type { InnerStep } from './inner-step.js';

/** The training point at w, the step w -> w' and V at w': what every one-step method starts with. */
export function oneStep<Name extends string, TrainingBatch, ValidationBatch>(
  problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
  point: InnerPoint<Name>,
  trainingBatch: TrainingBatch,
  validationBatch: ValidationBatch,
): {
  readonly training: TrainingPoint<Name>;
  readonly step: InnerStep;
  readonly validation: ValidationResult;
  readonly cost: Cost;
} {
  checkPoint(problem, point);
  const { training, step, cost } = firstOrderStep(problem, point, trainingBatch);
  const validation = problem.validation(step.next.weights, validationBatch, point.metaparameters);
  return { training, step, validation, cost: addCosts(cost, operationCosts(problem).validation) };
}
