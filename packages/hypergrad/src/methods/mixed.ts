import { scoped } from '@metadistill/models';
import { addCosts } from '../cost.js';
import { mixedProduct, type Via } from '../step/mixed-product.js';
import { oneStep } from '../step/one-step.js';
import { outcome } from '../step/outcome.js';
import { withDirectTerm } from '../step/with-direct-term.js';
import type { HypergradientMethod } from '../types.js';

/**
 * The exact one-step hypergradient by the mixed derivative of the training loss.
 *
 * With w' = Φ(w, g), g = ∇_w L(w, λ), v = ∇V(w') and u = (∂w'/∂g)ᵀ v,
 *
 *     dV/dλ_j = ∂V/∂λ_j + ⟨u, ∂²L/∂w∂λ_j⟩ = ∂V/∂λ_j + ⟨J u, ∂²ℓ/∂z∂λ_j⟩,
 *
 * the second form where λ enters L after the logits z = z(w), J = ∂z/∂w. For gradient descent u = −γ v.
 *
 * @param options.via `jvp` makes one forward-mode pass J u for all metaparameters; `vjp` one backward pass each, which
 *   needs no forward-mode rule; `auto` (default) the first where the problem has one. They agree to rounding.
 * @throws RangeError where it is none of these; on use, Error where `jvp` is asked of a problem that has no such rule.
 */
export function mixed(options: { readonly via?: Via } = {}): HypergradientMethod {
  const { via = 'auto' } = options;
  if (!['jvp', 'vjp', 'auto'].includes(via)) {
    throw new RangeError(`mixed: via is ${via}; expected jvp, vjp or auto. auto takes what the problem has.`);
  }
  return {
    name: via === 'auto' ? 'mixed' : `mixed-${via}`,
    evaluate: (problem, point, trainingBatch, validationBatch) =>
      scoped(() => {
        const { training, step, validation, cost } = oneStep(problem, point, trainingBatch, validationBatch);
        const { gradient: direction } = step.vjp({ parameters: validation.gradient });
        const through = mixedProduct(problem, training, point, direction, via);
        return {
          ...outcome(step, validation),
          gradient: withDirectTerm(through.product, validation),
          cost: addCosts(cost, through.cost),
        };
      }),
  };
}
