import { scoped, type Tensors } from '@metadistill/models';
import { addCosts, operationCosts } from '../cost.js';
import type { BilevelProblem, Cost, InnerPoint, TrainingPoint, ValidationResult } from '../types.js';
import { checkPoint } from './check-point.js';
import { commonResult } from './common-result.js';
import { innerStep } from './inner-step.js';

export interface OneStepOptions {
  /** The rate by which the direction is scaled, if not that of the step. */
  readonly learningRate?: number;
  /** Nothing is asked of the training point after the step. */
  readonly once?: boolean;
}

/**
 * The training point at w, the step w -> w', and u = (∂w'/∂g)ᵀ ∇V(w'): what every one-step method starts with.
 *
 * Both gradients are as large as the weights: they are gone before the next pass.
 */
export function oneStep<Name extends string, TrainingBatch, ValidationBatch>(
  problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
  point: InnerPoint<Name>,
  trainingBatch: TrainingBatch,
  validationBatch: ValidationBatch,
  { learningRate, once = false }: OneStepOptions = {},
): {
  readonly training: TrainingPoint<Name>;
  /** u. */
  readonly direction: Tensors;
  readonly common: ReturnType<typeof commonResult>;
  /** What `withDirectTerm` takes. */
  readonly direct: Pick<ValidationResult, 'metaparameterGradient'>;
  readonly cost: Cost;
} {
  checkPoint(problem, point);
  const training = problem.training(point.weights, trainingBatch, { once });
  const costs = operationCosts(problem);
  return {
    training,
    cost: addCosts(costs.training, costs.valueAndGradient, costs.validation),
    ...scoped(() => {
      const step = innerStep(point, training);
      const { weights } = step.next;
      const validation = problem.validation(weights, validationBatch, point.metaparameters);
      const { metaparameterGradient } = validation;
      return {
        direction: step.vjp({ parameters: validation.gradient }, learningRate).gradient,
        common: commonResult(step, validation),
        direct: metaparameterGradient ? { metaparameterGradient } : {},
      };
    }),
  };
}
