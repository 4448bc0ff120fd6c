import { normTensors, scoped, type Tensors } from '@metadistill/models';
import { add, div, maximum, mul, type Scalar, sub, type Tensor1D } from '@tensorflow/tfjs-core';
import { positive } from '../positive.js';
import type { HypergradientMethod } from '../types.js';
import { innerStep } from './inner-step.js';
import { withDirectTerm } from './with-direct-term.js';

export interface FiniteDifferenceOptions {
  /** r: the weights move by ±r in Euclidean norm. Default 0.01. */
  readonly radius?: number;
  /** Learning rate of the virtual step w -> w'; default that of the point. */
  readonly virtualLearningRate?: number;
}

/**
 * The one-step hypergradient by a central difference of ∂L/∂λ along u = (∂w'/∂g)ᵀ ∇V(w'):
 *
 *     dV/dλ ≈ ∂V/∂λ + (∂L/∂λ(w + ε u, λ) − ∂L/∂λ(w − ε u, λ)) / 2ε,   ε = r / ‖u‖.
 *
 * The paper's method, after DARTS (Liu, Simonyan, Yang 2019, eq. 8). Its error grows with r through curvature and
 * kinks (ReLU, max pooling), and as r falls through float32 rounding; `mixed` has neither and costs less.
 */
export function finiteDifference(options: FiniteDifferenceOptions = {}): HypergradientMethod {
  const radius = positive('finiteDifference', 'radius', options.radius ?? 0.01);
  const { virtualLearningRate } = options;
  if (virtualLearningRate !== undefined) {
    positive('finiteDifference', 'virtualLearningRate', virtualLearningRate);
  }
  return {
    name: 'finiteDifference',
    cost: () => ({ forwards: 4, backwards: 2, jvps: 0 }),
    evaluate: (problem, point, trainingBatch, validationBatch) =>
      scoped(() => {
        const { weights, metaparameters, learningRate } = point;
        const virtual = { ...point, learningRate: virtualLearningRate ?? learningRate };
        const step = innerStep(virtual, problem.training(weights, trainingBatch));
        const validation = problem.validation(step.next.weights, validationBatch, metaparameters);
        // The authors look ahead by the virtual rate and scale by the rate of the step that is taken.
        const direction = step.pullBack(validation.gradient, learningRate);
        // Where u = 0 the difference is 0 at any ε; 1e-30 keeps ε finite in float32.
        const epsilon = div(radius, maximum(normTensors(direction), 1e-30)) as Scalar;
        const metaparameterGradientAt = (shift: Scalar): Tensor1D =>
          problem
            .training(
              { ...weights, parameters: shifted(weights.parameters, direction, shift) },
              trainingBatch,
            )
            .metaparameterGradient(metaparameters);
        const forward = metaparameterGradientAt(epsilon);
        const backward = metaparameterGradientAt(mul(epsilon, -1));
        return {
          gradient: withDirectTerm(div(sub(forward, backward), mul(epsilon, 2)) as Tensor1D, validation),
          validationLoss: validation.value,
          trainingLoss: step.value,
          validationGradientNorm: normTensors(validation.gradient),
          next: step.next,
        };
      }),
  };
}

const shifted = (parameters: Tensors, direction: Tensors, shift: Scalar): Tensors =>
  parameters.map((parameter, i) => add(parameter, mul(direction[i] as (typeof direction)[number], shift)));
