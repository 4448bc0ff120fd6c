import { addScaled, scoped, type Tensors } from '@metadistill/models';
import { checkOptions, describeValue } from '@metadistill/options';
import { addN, type Tensor1D } from '@tensorflow/tfjs-core';
import { addCosts, operationCosts } from '../cost.js';
import { checkPoint } from '../step/check-point.js';
import { commonResult } from '../step/common-result.js';
import type { Curvature } from '../step/curvature.js';
import { firstOrderStep } from '../step/first-order-step.js';
import { holdGradientNorm } from '../step/hold-gradient-norm.js';
import type { InnerStep } from '../step/inner-step.js';
import { mixedProduct } from '../step/mixed-product.js';
import { secondOrderStep } from '../step/second-order-step.js';
import { withDirectTerm } from '../step/with-direct-term.js';
import type {
  BilevelProblem,
  Cost,
  HypergradientMethod,
  InnerPoint,
  LaterStep,
  TrainingPoint,
} from '../types.js';

export interface UnrolledOptions {
  /** K, a positive integer. */
  readonly steps: number;
  /** Differentiates only the last so many steps, 1 to K; by default all. */
  readonly truncate?: number;
  /** Differentiates steps whose gradient keeps its length: see `mixed`. Default false. */
  readonly scaleFree?: boolean;
}

/**
 * The hypergradient of V after K training steps, in reverse mode through all of them.
 *
 * With (w_{k+1}, s_{k+1}) = Φ(w_k, g_k, s_k) and v = ∇V(w_K), the cotangents (v_w, u, v_s) = Φ'ᵀ v of step k give
 *
 *     dV/dλ_j += ⟨u, ∂²L/∂w∂λ_j(w_k)⟩,   v <- (v_w + (∂²L/∂w²)(w_k) u, v_s).
 *
 * One step is `mixed`. Looks K − 1 steps beyond w' (`lookahead`); holds the activations of all K, and the cotangents of
 * those that it differentiates by w. Unstable if the inner steps are: the factors I − γ ∂²L/∂w² multiply.
 *
 * @throws RangeError if the steps are not integers with 1 <= truncate <= steps, TypeError if an option is unknown; on use,
 *   RangeError if there are not K − 1 later steps.
 */
export function unrolled(options: UnrolledOptions): HypergradientMethod {
  checkOptions<UnrolledOptions>('unrolled', options, { steps: true, truncate: true, scaleFree: true });
  const { steps, truncate = steps, scaleFree = false } = options;
  if (!(Number.isInteger(steps) && steps > 0)) {
    throw new RangeError(
      `unrolled: steps is ${describeValue(steps)}; expected a positive integer. 1 is the one-step method.`,
    );
  }
  if (!(Number.isInteger(truncate) && truncate > 0 && truncate <= steps)) {
    throw new RangeError(
      `unrolled: truncate is ${describeValue(truncate)}; expected an integer from 1 to steps, ${steps}. ` +
        'Leave it out to differentiate all steps.',
    );
  }
  const method: HypergradientMethod = {
    name: truncate === steps ? `unrolled-${steps}` : `unrolled-${steps}-last-${truncate}`,
    lookahead: steps - 1,
    evaluate: ({ problem, point, trainingBatch, validationBatch, later }) =>
      scoped(() => {
        checkPoint(problem, point);
        const first = { batch: trainingBatch, learningRate: point.learningRate };
        const taken = [first, ...laterSteps(first, steps - 1, later)];
        const trajectory = walk(problem, point, taken, steps - truncate);
        const { weights } = (trajectory.at(-1) as Walked<string>).step.next;
        const validation = problem.validation(weights, validationBatch, point.metaparameters);
        const pulled = pullBack(problem, point, trajectory.slice(-truncate), validation.gradient);
        return {
          ...commonResult((trajectory[0] as Walked<string>).step, validation),
          gradient: withDirectTerm(pulled.gradient, validation),
          cost: addCosts(
            ...trajectory.map(({ cost }) => cost),
            operationCosts(problem).validation,
            pulled.cost,
          ),
        };
      }),
  };
  return scaleFree ? holdGradientNorm(method) : method;
}

interface Walked<Name extends string> {
  readonly training: TrainingPoint<Name>;
  readonly step: InnerStep;
  /** Of the steps that are differentiated by w. */
  readonly curvature?: Curvature;
  readonly cost: Cost;
}

/** w_0 -> w_1 -> ... at fixed λ; those after step number `first` can be differentiated by w. */
function walk<Name extends string, TrainingBatch, ValidationBatch>(
  problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
  start: InnerPoint<Name>,
  steps: readonly LaterStep<TrainingBatch>[],
  first: number,
): Walked<Name>[] {
  let point = start;
  return steps.map(({ batch, learningRate }, k) => {
    const take = k > first ? secondOrderStep : firstOrderStep;
    const walked: Walked<Name> = take(problem, { ...point, learningRate }, batch);
    point = { ...point, ...walked.step.next };
    return walked;
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
  const terms = trajectory.toReversed().map(({ training, step, curvature }) => {
    const { parameters, gradient, state } = step.vjp(cotangent);
    // What lies before the first step is not asked for.
    if (!curvature) return mixedProduct(problem, training, point, gradient);
    const { product, mixed, cost } = curvature.pullBack(gradient);
    cotangent = { parameters: addScaled(parameters, product, 1), state };
    return { product: mixed, cost };
  });
  return {
    gradient: addN(terms.map(({ product }) => product)),
    cost: addCosts(...terms.map(({ cost }) => cost)),
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
