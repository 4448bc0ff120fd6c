import { normTensors, scoped } from '@metadistill/models';

import type { HypergradientMethod } from '../types.js';
import { innerStep } from './inner-step.js';
import { withDirectTerm } from './with-direct-term.js';

/**
 * The exact one-step hypergradient by the mixed derivative of the training loss.
 *
 * With w' = Φ(w, g), g = ∇_w L(w, λ), v = ∇V(w') and u = (∂w'/∂g)ᵀ v,
 *
 *     dV/dλ_j = ∂V/∂λ_j + ⟨u, ∂²L/∂w∂λ_j⟩ = ∂V/∂λ_j + ⟨J u, ∂²ℓ/∂z∂λ_j⟩,
 *
 * the second form where λ enters L after the logits z = z(w), J = ∂z/∂w. For gradient descent u = −γ v.
 *
 * @param options.via `jvp` makes one forward-mode pass J u for all metaparameters; `vjp` one backward pass each,
 *   which needs no forward-mode rule. They agree to rounding.
 */
export function mixed(options: { readonly via?: 'jvp' | 'vjp' } = {}): HypergradientMethod {
  const { via = 'jvp' } = options;
  return {
    name: `mixed-${via}`,
    // The forward pass at w serves the step and the mixed product; V takes one forward and one backward at w'.
    cost: (metaparameters) =>
      via === 'jvp'
        ? { forwards: 2, backwards: 2, jvps: 1 }
        : { forwards: 2, backwards: 2 + metaparameters, jvps: 0 },
    evaluate: (problem, point, trainingBatch, validationBatch) =>
      scoped(() => {
        const training = problem.training(point.weights, trainingBatch);
        const step = innerStep(point, training);
        const validation = problem.validation(step.next.weights, validationBatch, point.metaparameters);
        const direction = step.pullBack(validation.gradient);
        const mixedProduct = via === 'jvp' ? training.mixedProductByJvp : training.mixedProductByVjps;
        return {
          gradient: withDirectTerm(mixedProduct(point.metaparameters, direction), validation),
          validationLoss: validation.value,
          trainingLoss: step.value,
          validationGradientNorm: normTensors(validation.gradient),
          next: step.next,
        };
      }),
  };
}
