import {
  type Cost,
  type Diagnostics,
  type InnerPoint,
  innerStep,
  plainStepCost,
  readScalars,
} from '@metadistill/hypergrad';
import type { Metaparameters } from '@metadistill/losses';
import { scoped } from '@metadistill/models';
import { DivergedError } from '../diverged-error.js';
import { tensorsOf } from '../state/training-state.js';
import type { TrainingState, TrainOptions } from '../types.js';

/** What one iteration computed. */
export interface Step<Name extends string> {
  readonly trainingLoss: number;
  readonly validationLoss?: number;
  readonly hypergradient?: Metaparameters<Name>;
  readonly diagnostics?: Diagnostics;
  readonly metaparameters: Metaparameters<Name>;
  readonly saturated?: readonly Name[];
  readonly warning?: string;
  readonly cost: Cost;
  readonly next: Next<Name>;
  readonly outerState?: unknown;
}

/** The tensors that a step leads to. */
export type Next<Name extends string> = Pick<
  TrainingState<Name>,
  'weights' | 'optimizerState' | 'methodState'
>;

/** A step of the inner optimizer at given metaparameters; a method that carries a state moves it along. */
export async function plainStep<Name extends string, Batch>(
  options: TrainOptions<Name, Batch>,
  state: TrainingState<Name>,
  batch: Batch,
  metaparameters: Metaparameters<Name>,
): Promise<Step<Name>> {
  const { problem, meta } = options;
  const point = innerPointOf(options, { ...state, metaparameters });
  const made = meta?.method.advance?.({ problem, point, trainingBatch: batch, state: state.methodState }) ?? {
    ...scoped(() => {
      const { value, next } = innerStep(point, problem.training(state.weights, batch));
      return { trainingLoss: value, next };
    }),
    state: [],
    cost: plainStepCost,
  };
  const next = { ...made.next, methodState: made.state };
  const { trainingLoss } = await readScalars({ trainingLoss: made.trainingLoss });
  if (!Number.isFinite(trainingLoss)) {
    discard(next);
    throw new DivergedError('the training loss', trainingLoss, state.iteration, metaparameters);
  }
  return { trainingLoss, metaparameters, cost: made.cost, next };
}

/** Where a training stands, as a hypergradient method takes it. */
export const innerPointOf = <Name extends string, Batch>(
  options: TrainOptions<Name, Batch>,
  state: TrainingState<Name>,
): InnerPoint<Name> => ({
  weights: state.weights,
  metaparameters: state.metaparameters,
  optimizer: options.optimizer,
  optimizerState: state.optimizerState,
  learningRate: options.learningRate(state.iteration),
});

/** Disposes of what a step led to, where another is taken instead. */
export const discard = <Name extends string>(next: Next<Name>): void => {
  for (const tensor of tensorsOf(next)) tensor.dispose();
};
