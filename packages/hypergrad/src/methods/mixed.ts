import { scoped } from '@metadistill/models';
import { checkOptions, describeValue } from '@metadistill/options';
import { addCosts } from '../cost.js';
import { holdGradientNorm } from '../step/hold-gradient-norm.js';
import { mixedProduct, type Via } from '../step/mixed-product.js';
import { oneStep } from '../step/one-step.js';
import { refuseArrays } from '../step/refuse-arrays.js';
import { withDirectTerm } from '../step/with-direct-term.js';
import type { HypergradientMethod } from '../types.js';

export interface MixedOptions {
  /**
   * How the product with ∂²L/∂w∂λ is made: `jvp` by one forward-mode pass J u for all metaparameters; `vjp` by one
   * backward pass per metaparameter, which needs no forward-mode rule; `auto` (default) by the first if the problem has
   * one. They agree to rounding.
   */
  readonly via?: Via;
  /** Differentiates a step whose gradient keeps its length; default false. */
  readonly scaleFree?: boolean;
}

/**
 * The exact one-step hypergradient by the mixed derivative of the training loss.
 *
 * With w' = Φ(w, g), g = ∇_w L(w, λ), v = ∇V(w') and u = (∂w'/∂g)ᵀ v,
 *
 *     dV/dλ_j = ∂V/∂λ_j + ⟨u, ∂²L/∂w∂λ_j⟩ = ∂V/∂λ_j + ⟨J u, ∂²ℓ/∂z∂λ_j⟩,
 *
 * the second form if λ enters L after the logits z = z(w), J = ∂z/∂w. For gradient descent u = −γ v.
 *
 * With `scaleFree` it is the exact derivative after a step with the gradient ‖g‖ g/‖g‖, its first factor a constant:
 * u loses its part along g, u − g ⟨u, g⟩/⟨g, g⟩. A metaparameter that only scales the training loss then has the
 * derivative 0 whatever the optimizer, and one that also turns its gradient, such as a temperature, is judged by the turn
 * alone. Choose it if the length of the step is the learning rate's business: one step ahead, a shorter step looks
 * better than it is. g is the gradient without the weight decay of the optimizer.
 *
 * @throws RangeError if `via` is none of these, TypeError if an option is unknown; on use, Error if `jvp` is asked of a
 *   problem that has no forward-mode rule, RangeError if the problem has an array and `vjp` is asked of it or it has no
 *   such rule.
 * @see Wu, Ren, Liao, Grosse (2018), Understanding short-horizon bias in stochastic meta-optimization.
 */
export function mixed(options: MixedOptions = {}): HypergradientMethod {
  checkOptions<MixedOptions>('mixed', options, { via: true, scaleFree: true });
  const { via = 'auto', scaleFree = false } = options;
  if (!['jvp', 'vjp', 'auto'].includes(via)) {
    throw new RangeError(
      `mixed: via is ${describeValue(via)}; expected jvp, vjp or auto. auto takes what the problem has.`,
    );
  }
  const method: HypergradientMethod = {
    name: via === 'auto' ? 'mixed' : `mixed-${via}`,
    evaluate: ({ problem, point, trainingBatch, validationBatch }) =>
      scoped(() => {
        if (via === 'vjp') {
          const remedy = 'vjp takes a backward pass for each number: use jvp or auto.';
          refuseArrays('mixed', problem.metaparameters, remedy);
        }
        const { training, direction, common, direct, cost } = oneStep(
          problem,
          point,
          trainingBatch,
          validationBatch,
        );
        const through = mixedProduct(problem, training, point, direction, via);
        return {
          ...common,
          gradient: withDirectTerm(through.product, direct),
          cost: addCosts(cost, through.cost),
        };
      }),
  };
  return scaleFree ? holdGradientNorm(method) : method;
}
