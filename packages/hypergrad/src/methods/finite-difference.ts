import { scoped } from '@metadistill/models';
import { checkOptions } from '@metadistill/options';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { positive } from '../check-number.js';
import { addCosts, operationCosts, timesCost } from '../cost.js';
import { differenceAlong } from '../step/difference-along.js';
import { holdGradientNorm } from '../step/hold-gradient-norm.js';
import { oneStep } from '../step/one-step.js';
import { withDirectTerm } from '../step/with-direct-term.js';
import type { HypergradientMethod } from '../types.js';

export interface FiniteDifferenceOptions {
  /** r: the weights move by ±r in Euclidean norm. Default 0.01. */
  readonly radius?: number;
  /** Learning rate of the virtual step w -> w'; default that of the point. The authors' code uses the initial one. */
  readonly virtualLearningRate?: number;
  /** Differentiates a step whose gradient keeps its length: see `mixed`. Default false. */
  readonly scaleFree?: boolean;
}

/**
 * The paper's settings, and the default: weights move by ±0.01, as in DARTS, at the learning rate of the step. What the
 * authors' code for images does needs its initial rate as `virtualLearningRate` beside it.
 */
export const paperDifference = { radius: 0.01 } as const satisfies FiniteDifferenceOptions;

/**
 * The one-step hypergradient by a central difference of ∂L/∂λ along u = (∂w'/∂g)ᵀ ∇V(w'):
 *
 *     dV/dλ ≈ ∂V/∂λ + (∂L/∂λ(w + ε u, λ) − ∂L/∂λ(w − ε u, λ)) / 2ε,   ε = r / ‖u‖.
 *
 * The paper's method, after DARTS (Liu, Simonyan, Yang 2019, eq. 8); without options it is `paperDifference`. Its
 * error grows with r through curvature and kinks (ReLU, max pooling), and as r falls through float32 rounding;
 * `mixed` has neither and costs less.
 *
 * @throws RangeError if an option is not positive, TypeError if it is unknown.
 */
export function finiteDifference(options: FiniteDifferenceOptions = {}): HypergradientMethod {
  checkOptions<FiniteDifferenceOptions>('finiteDifference', options, {
    radius: true,
    virtualLearningRate: true,
    scaleFree: true,
  });
  const radius = positive('finiteDifference', 'radius', options.radius ?? paperDifference.radius);
  const { virtualLearningRate, scaleFree = false } = options;
  if (virtualLearningRate !== undefined) {
    positive('finiteDifference', 'virtualLearningRate', virtualLearningRate);
  }
  const method: HypergradientMethod = {
    name: 'finiteDifference',
    evaluate: ({ problem, point, trainingBatch, validationBatch }) =>
      scoped(() => {
        const { weights, metaparameters, learningRate } = point;
        const virtual = { ...point, learningRate: virtualLearningRate ?? learningRate };
        // The authors look ahead by the virtual rate and scale by the rate of the step that is taken.
        const { direction, common, direct, cost } = oneStep(
          problem,
          virtual,
          trainingBatch,
          validationBatch,
          { learningRate, once: true },
        );
        const { derivative, step: differenceStep } = differenceAlong(
          (parameters) => [
            problem.training({ ...weights, parameters }, trainingBatch).metaparameterGradient(metaparameters),
          ],
          weights.parameters,
          direction,
          radius,
        );
        const costs = operationCosts(problem);
        return {
          ...common,
          diagnostics: { ...common.diagnostics, differenceStep },
          gradient: withDirectTerm(derivative[0] as Tensor1D, direct),
          cost: addCosts(cost, timesCost(2, addCosts(costs.training, costs.metaparameterGradient))),
        };
      }),
  };
  return scaleFree ? holdGradientNorm(method) : method;
}
