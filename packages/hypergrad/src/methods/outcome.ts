import type { Tensors } from '@metadistill/models';
import {
  concat,
  div,
  maximum,
  mul,
  reshape,
  type Scalar,
  sqrt,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { HypergradientTensors, ValidationResult } from '../types.js';
import type { InnerStep } from './inner-step.js';

/** What all methods report alike of the step that they differentiated and of the validation loss at its end. */
export function outcome(
  step: InnerStep,
  validation: ValidationResult,
): Omit<HypergradientTensors, 'gradient' | 'cost'> {
  const [training, held] = [flat(step.gradient), flat(validation.gradient)];
  const validationGradientNorm = sqrt(inner(held, held));
  const norms = mul(sqrt(inner(training, training)), validationGradientNorm);
  return {
    validationLoss: validation.value,
    trainingLoss: step.value,
    diagnostics: {
      validationGradientNorm,
      // 1e-30 turns 0 / 0 into 0.
      gradientCosine: div(inner(training, held), maximum(norms, 1e-30)),
    },
    next: step.next,
    state: [],
  };
}

/** All numbers in one vector: a few kernels on it are cheaper than a few for each tensor. */
const flat = (tensors: Tensors): Tensor => concat(tensors.map((tensor) => reshape(tensor, [-1])));

const inner = (a: Tensor, b: Tensor): Scalar => sum(mul(a, b));
