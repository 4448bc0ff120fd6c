import { addScaled, scoped, type Tensors } from '@metadistill/models';
import { addN, type Tensor1D } from '@tensorflow/tfjs-core';
import { checkPoint } from '../check-point.js';
import { addCosts, operationCosts, timesCost } from '../cost.js';
import type {
  BilevelProblem,
  Cost,
  HypergradientMethod,
  InnerPoint,
  LaterStep,
  TrainingPoint,
} from '../types.js';
import { type InnerStep, innerStep } from './inner-step.js';
import { mixedProduct } from './mixed-product.js';
import { outcome } from './outcome.js';
import { withDirectTerm } from './with-direct-term.js';

/**
 * The hypergradient of V after K training steps, in reverse mode through all of them.
 *
 * With (w_{k+1}, s_{k+1}) = Φ(w_k, g_k, s_k) and v = ∇V(w_K), the cotangents (v_w, u, v_s) = Φ'ᵀ v of step k give
 *
 *     dV/dλ_j += ⟨u, ∂²L/∂w∂λ_j(w_k)⟩,   v <- (v_w + (∂²L/∂w²)(w_k) u, v_s).
 *
 * One step is `mixed`. Looks K − 1 steps beyond w' (`lookahead`); holds the activations of all K. Unstable where the
 * inner steps are: the factors I − γ ∂²L/∂w² multiply.
 *
 * @param options.steps K, a positive integer.
 * @param options.truncate differentiates only the last so many steps; by default all.
 * @throws RangeError where these are not integers with 1 <= truncate <= steps.
 */
export function unrolled(options: {
  readonly steps: number;
  readonly truncate?: number;
}): HypergradientMethod {
  const { steps, truncate = steps } = options;
  if (!(Number.isInteger(steps) && steps > 0)) {
    throw new RangeError(
      `unrolled: steps is ${steps}; expected a positive integer. 1 is the one-step method.`,
    );
  }
  if (!(Number.isInteger(truncate) && truncate > 0 && truncate <= steps)) {
    throw new RangeError(`unrolled: truncate is ${truncate}; expected an integer from 1 to steps, ${steps}.`);
  }
  return {
    name: truncate === steps ? `unrolled-${steps}` : `unrolled-${steps}-last-${truncate}`,
    lookahead: steps - 1,
    evaluate: (problem, point, trainingBatch, validationBatch, { later } = {}) =>
      scoped(() => {
        checkPoint(problem, point);
        const first = { batch: trainingBatch, learningRate: point.learningRate };
        const trajectory = walk(problem, point, [first, ...laterSteps(first, steps - 1, later)]);
        const { weights } = (trajectory.at(-1) as Walked<string>).step.next;
        const validation = problem.validation(weights, validationBatch, point.metaparameters);
        const pulled = pullBack(problem, point, trajectory.slice(-truncate), validation.gradient);
        const costs = operationCosts(problem);
        return {
          ...outcome((trajectory[0] as Walked<string>).step, validation),
          gradient: withDirectTerm(pulled.gradient, validation),
          cost: addCosts(
            timesCost(steps, addCosts(costs.training, costs.valueAndGradient)),
            costs.validation,
            pulled.cost,
          ),
        };
      }),
  };
}

interface Walked<Name extends string> {
  readonly training: TrainingPoint<Name>;
  readonly step: InnerStep;
}

/** w_0 -> w_1 -> ... at fixed λ. */
function walk<Name extends string, TrainingBatch, ValidationBatch>(
  problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
  start: InnerPoint<Name>,
  steps: readonly LaterStep<TrainingBatch>[],
): Walked<Name>[] {
  let point = start;
  return steps.map(({ batch, learningRate }) => {
    const training = problem.training(point.weights, batch);
    const step = innerStep({ ...point, learningRate }, training);
    point = { ...point, ...step.next };
    return { training, step };
  });
}

/** Σ_k ⟨u_k, ∂²L/∂w∂λ_j(w_k)⟩, the last step first. */
function pullBack<Name extends string, TrainingBatch, ValidationBatch>(
  problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
  point: InnerPoint<Name>,
  trajectory: readonly Walked<Name>[],
  validationGradient: Tensors,
): { readonly gradient: Tensor1D; readonly cost: Cost } {
  let cotangent: { readonly parameters: Tensors; readonly state?: Tensors } = {
    parameters: validationGradient,
  };
  const terms = trajectory.toReversed().map(({ training, step }, back) => {
    const { parameters, gradient, state } = step.vjp(cotangent);
    // What lies before the first step is not asked for.
    if (back < trajectory.length - 1) {
      const curved = training.hessianVectorProduct(point.metaparameters, gradient);
      cotangent = { parameters: addScaled(parameters, curved, 1), state };
    }
    return mixedProduct(problem, training, point, gradient);
  });
  return {
    gradient: addN(terms.map(({ product }) => product)),
    cost: addCosts(
      ...terms.map(({ cost }) => cost),
      timesCost(terms.length - 1, operationCosts(problem).hessianVectorProduct),
    ),
  };
}

function laterSteps<Batch>(
  first: LaterStep<Batch>,
  expected: number,
  later: readonly LaterStep<Batch>[] = Array<LaterStep<Batch>>(expected).fill(first),
): readonly LaterStep<Batch>[] {
  if (later.length === expected) return later;
  throw new RangeError(
    `unrolled: later has ${later.length} steps; expected ${expected}, one less than steps. ` +
      'Leave it out to take the first batch again.',
  );
}
