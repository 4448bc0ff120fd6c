import { dotTensors, scoped, type Tensors, zeroTensors } from '@metadistill/models';
import { checkOptions, describeValue } from '@metadistill/options';
import { mul, stack, type Tensor1D } from '@tensorflow/tfjs-core';
import { addCosts, operationCosts } from '../cost.js';
import { checkPoint } from '../step/check-point.js';
import { commonResult } from '../step/common-result.js';
import { holdGradientNorm } from '../step/hold-gradient-norm.js';
import type { InnerStep } from '../step/inner-step.js';
import { refuseArrays } from '../step/refuse-arrays.js';
import { secondOrderStep } from '../step/second-order-step.js';
import { withDirectTerm } from '../step/with-direct-term.js';
import type { BilevelProblem, Cost, HypergradientMethod, InnerPoint } from '../types.js';

export interface ForwardModeOptions {
  /** μ in [0, 1]; 0.5 to 0.7 is a good start. */
  readonly decay: number;
  /** Differentiates steps whose gradient keeps its length: see `mixed`. Default false. */
  readonly scaleFree?: boolean;
}

/**
 * The hypergradient over all steps so far, online in forward mode: tangents ẇ_j = dw/dλ_j and ṡ_j = ds/dλ_j travel with
 * the weights from call to call, discounted by μ each step.
 *
 *     ġ_j = (∂²L/∂w²) μẇ_j + ∂²L/∂w∂λ_j,   (ẇ_j, ṡ_j) <- Φ'(μẇ_j, ġ_j, μṡ_j),   dV/dλ_j = ∂V/∂λ_j + ⟨∇V(w'), ẇ_j⟩.
 *
 * A decay of 0 is `mixed`; a decay of 1 differentiates the whole training so far, as reverse mode would, and explodes
 * if the inner steps are unstable. The state is one list, for each metaparameter its ẇ_j and then its ṡ_j; plain
 * steps carry it on through `advance`.
 *
 * @throws RangeError if the decay is outside its range, TypeError if an option is unknown; on use, RangeError if the state
 *   is not of these weights or a metaparameter is an array.
 * @see Franceschi, Donini, Frasconi, Pontil (2017), section 3.2.
 */
export function forwardMode(options: ForwardModeOptions): HypergradientMethod {
  checkOptions<ForwardModeOptions>('forwardMode', options, { decay: true, scaleFree: true });
  const { decay, scaleFree = false } = options;
  if (typeof decay !== 'number' || !(decay >= 0 && decay <= 1)) {
    throw new RangeError(
      `forwardMode: decay is ${describeValue(decay)}; expected a number from 0 to 1. 0.5 to 0.7 is a good start.`,
    );
  }
  const method: HypergradientMethod = {
    name: 'forwardMode',
    evaluate: ({ problem, point, trainingBatch, validationBatch, state = [] }) =>
      scoped(() => {
        const { step, tangents, cost } = pushForward(problem, point, trainingBatch, state, decay);
        const validation = problem.validation(step.next.weights, validationBatch, point.metaparameters);
        const products = tangents.map(({ parameters }) => dotTensors(parameters, validation.gradient));
        return {
          ...commonResult(step, validation),
          gradient: withDirectTerm(stack(products) as Tensor1D, validation),
          state: joined(tangents),
          cost: addCosts(cost, operationCosts(problem).validation),
        };
      }),
    advance: ({ problem, point, trainingBatch, state = [] }) =>
      scoped(() => {
        const { step, tangents, cost } = pushForward(problem, point, trainingBatch, state, decay);
        return { trainingLoss: step.value, next: step.next, state: joined(tangents), cost };
      }),
  };
  return scaleFree ? holdGradientNorm(method) : method;
}

interface Tangent {
  readonly parameters: Tensors;
  readonly state: Tensors;
}

/** One step of the weights and of all tangents. */
function pushForward<Name extends string, TrainingBatch, ValidationBatch>(
  problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
  point: InnerPoint<Name>,
  batch: TrainingBatch,
  state: Tensors,
  decay: number,
): { readonly step: InnerStep; readonly tangents: readonly Tangent[]; readonly cost: Cost } {
  checkPoint(problem, point);
  refuseArrays(
    'forwardMode',
    problem.metaparameters,
    'Tangents of all weights travel along for each number: use mixed or unrolled.',
  );
  const before = tangentsOf(problem, point, state, decay);
  const { step, curvature, cost } = secondOrderStep(problem, point, batch);
  const moved = curvature.pushForward(before.map(({ parameters }) => parameters));
  return {
    step,
    tangents: before.map((tangent, j) => step.jvp({ ...tangent, gradient: moved.tangents[j] as Tensors })),
    cost: addCosts(cost, moved.cost),
  };
}

/** The discounted tangents of a state; zeros of an empty one. */
function tangentsOf<Name extends string, TrainingBatch, ValidationBatch>(
  { metaparameters }: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
  { weights, optimizerState }: InnerPoint<Name>,
  state: Tensors,
  decay: number,
): Tangent[] {
  const { length } = weights.parameters;
  const each = length + optimizerState.length;
  if (state.length !== 0 && state.length !== metaparameters.length * each) {
    throw new RangeError(
      `forwardMode: state has ${state.length} tensors; expected ${metaparameters.length * each}, or none at the start. ` +
        'Pass what the last call with these weights and this optimizer returned.',
    );
  }
  return metaparameters.map((_, j) => {
    const tensors =
      state.length === 0
        ? zeroTensors([...weights.parameters, ...optimizerState])
        : state.slice(j * each, (j + 1) * each).map((tensor) => mul(tensor, decay));
    return { parameters: tensors.slice(0, length), state: tensors.slice(length) };
  });
}

const joined = (tangents: readonly Tangent[]): Tensors =>
  tangents.flatMap(({ parameters, state }) => [...parameters, ...state]);
