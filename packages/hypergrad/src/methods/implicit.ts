import { addScaled, scoped, type Tensors } from '@metadistill/models';
import { positive } from '../check-number.js';
import { addCosts, operationCosts } from '../cost.js';
import { conjugateGradient } from '../solvers/conjugate-gradient.js';
import { fixedPoint } from '../solvers/fixed-point.js';
import { identity } from '../solvers/identity.js';
import { neumann } from '../solvers/neumann.js';
import { checkPoint } from '../step/check-point.js';
import { curvedStep } from '../step/curved-step.js';
import { mixedProduct } from '../step/mixed-product.js';
import { outcome } from '../step/outcome.js';
import { withDirectTerm } from '../step/with-direct-term.js';
import type { Cost, HypergradientMethod } from '../types.js';

const solvers = { conjugateGradient, neumann, fixedPoint, identity };

export interface ImplicitOptions {
  readonly solver: keyof typeof solvers;
  /** Hessian-vector products at most; default 10. `identity` makes none. */
  readonly iterations?: number;
  /** Stops at this ‖v − H x‖ / ‖v‖; reads one number back a product, so not for WebGPU. Without it all are made. */
  readonly tolerance?: number;
  /** Added to the diagonal of H, such as a weight decay that the optimizer holds; default 0. */
  readonly damping?: number;
  /** η of `neumann` and `identity`; default the learning rate of the point. */
  readonly stepSize?: number;
}

/**
 * The hypergradient at an optimum of the training loss, by the implicit function theorem:
 *
 *     dV/dλ_j = ∂V/∂λ_j − ⟨x, ∂²L/∂w∂λ_j⟩,   (H + damping) x = ∇V(w'),   H = ∂²L/∂w² on the training batch.
 *
 * H and ∂²L/∂w∂λ are taken at w, V one step further: so `identity` at the learning rate of gradient descent is the
 * one-step method, and at an optimum w' = w. Exact at the optimum as iterations grow; elsewhere it is the derivative
 * of a training that is not done yet.
 *
 * @throws RangeError where an option is outside its range or the solver is not known.
 */
export function implicit(options: ImplicitOptions): HypergradientMethod {
  const { solver, iterations = 10, tolerance, damping = 0, stepSize } = options;
  check(options);
  return {
    name: `implicit-${solver}`,
    evaluate: (problem, point, trainingBatch, validationBatch) =>
      scoped(() => {
        checkPoint(problem, point);
        const { training, step, curvature, cost } = curvedStep(problem, point, trainingBatch);
        const validation = problem.validation(step.next.weights, validationBatch, point.metaparameters);
        const costs: Cost[] = [cost, operationCosts(problem).validation];
        const solution = solvers[solver]({
          rightHandSide: validation.gradient,
          multiply(direction: Tensors) {
            const { product, cost } = curvature.multiply(direction);
            costs.push(cost);
            return damping === 0 ? product : addScaled(product, direction, damping);
          },
          stepSize: stepSize ?? point.learningRate,
          pullBack: (cotangent) => step.vjp({ parameters: cotangent }),
          iterations,
          tolerance,
        });
        const through = mixedProduct(problem, training, point, solution.direction);
        const common = outcome(step, validation);
        const { residual } = solution;
        return {
          ...common,
          diagnostics: { ...common.diagnostics, ...(residual && { residual }) },
          gradient: withDirectTerm(through.product, validation),
          cost: addCosts(...costs, through.cost),
        };
      }),
  };
}

function check({ solver, iterations = 10, tolerance, damping = 0, stepSize }: ImplicitOptions): void {
  if (!Object.hasOwn(solvers, solver)) {
    throw new RangeError(
      `implicit: solver is ${solver}; expected one of ${Object.keys(solvers).join(', ')}. ` +
        'conjugateGradient is the usual choice near an optimum.',
    );
  }
  if (!(Number.isInteger(iterations) && iterations >= 0)) {
    throw new RangeError(
      `implicit: iterations is ${iterations}; expected an integer of at least 0. Leave it out for 10.`,
    );
  }
  if (!(damping >= 0 && Number.isFinite(damping))) {
    throw new RangeError(
      `implicit: damping is ${damping}; expected a finite number of at least 0. 0 leaves the Hessian as it is.`,
    );
  }
  if (tolerance !== undefined) positive('implicit', 'tolerance', tolerance);
  if (stepSize !== undefined) positive('implicit', 'stepSize', stepSize);
}
