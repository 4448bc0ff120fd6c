import { addScaled, scoped } from '@metadistill/models';
import { checkOptions } from '@metadistill/options';
import { atLeastZero } from '../check-number.js';
import { addCosts, operationCosts } from '../cost.js';
import type { Solver } from '../solvers/types.js';
import { checkPoint } from '../step/check-point.js';
import { commonResult } from '../step/common-result.js';
import { mixedProduct } from '../step/mixed-product.js';
import { secondOrderStep } from '../step/second-order-step.js';
import { withDirectTerm } from '../step/with-direct-term.js';
import type { Cost, HypergradientMethod } from '../types.js';

export interface ImplicitOptions {
  /** `conjugateGradient()` is the usual choice near an optimum; also `neumann()`, `fixedPoint()` and `identity()`. */
  readonly solver: Solver;
  /** Added to the diagonal of H, such as a weight decay that the optimizer holds, at least 0; default 0. */
  readonly damping?: number;
}

/**
 * The hypergradient at an optimum of the training loss, by the implicit function theorem:
 *
 *     dV/dλ_j = ∂V/∂λ_j − ⟨x, ∂²L/∂w∂λ_j⟩,   (H + damping) x = ∇V(w'),   H = ∂²L/∂w² on the training batch.
 *
 * H and ∂²L/∂w∂λ are taken at w, V one step further: so `identity` at the learning rate of gradient descent is the
 * one-step method, and at an optimum w' = w. Exact at the optimum as the solver's iterations grow; elsewhere it is the
 * derivative of a training that is not done yet.
 *
 * @throws RangeError if the damping is outside its range, TypeError if the solver is none or an option is unknown.
 */
export function implicit(options: ImplicitOptions): HypergradientMethod {
  checkOptions<ImplicitOptions>('implicit', options, { solver: 'solver', damping: true });
  const { solver } = options;
  const damping = atLeastZero('implicit', 'damping', options.damping ?? 0, '0 leaves the Hessian as it is.');
  return {
    name: `implicit-${solver.name}`,
    evaluate: ({ problem, point, trainingBatch, validationBatch }) =>
      scoped(() => {
        checkPoint(problem, point);
        const { training, step, curvature, cost } = secondOrderStep(problem, point, trainingBatch);
        const validation = problem.validation(step.next.weights, validationBatch, point.metaparameters);
        const costs: Cost[] = [cost, operationCosts(problem).validation];
        const { direction, residual } = solver.solve({
          rightHandSide: validation.gradient,
          multiply(along) {
            const { product, cost } = curvature.multiply(along);
            costs.push(cost);
            return damping === 0 ? product : addScaled(product, along, damping);
          },
          learningRate: point.learningRate,
          pullBack: (cotangent) => step.vjp({ parameters: cotangent }),
        });
        const through = mixedProduct(problem, training, point, direction);
        const common = commonResult(step, validation);
        return {
          ...common,
          diagnostics: { ...common.diagnostics, ...(residual && { residual }) },
          gradient: withDirectTerm(through.product, validation),
          cost: addCosts(...costs, through.cost),
        };
      }),
  };
}
