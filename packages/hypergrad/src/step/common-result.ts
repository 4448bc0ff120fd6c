import { dotTensors, normTensors } from '@metadistill/models';
import { div, maximum, mul } from '@tensorflow/tfjs-core';
import type { HypergradientTensors, ValidationResult } from '../types.js';
import type { InnerStep } from './inner-step.js';

/** What is the same in the result of every method: the step that it differentiated, and the validation loss at its end. */
export function commonResult(
  step: InnerStep,
  validation: ValidationResult,
): Omit<HypergradientTensors, 'gradient' | 'cost'> {
  const [training, held] = [step.gradient, validation.gradient];
  const validationGradientNorm = normTensors(held);
  const norms = mul(normTensors(training), validationGradientNorm);
  return {
    validationLoss: validation.value,
    trainingLoss: step.value,
    diagnostics: {
      validationGradientNorm,
      // 1e-30 turns 0 / 0 into 0.
      gradientCosine: div(dotTensors(training, held), maximum(norms, 1e-30)),
    },
    next: step.next,
    state: [],
  };
}
