import type { Cost, Diagnostics, InnerPoint } from '@metadistill/hypergrad';
import type { Metaparameters } from '@metadistill/losses';
import { describeValue } from '@metadistill/options';
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

/** Where a training stands, as a hypergradient method takes it. */
export const innerPointOf = <Name extends string, Batch>(
  options: TrainOptions<Name, Batch>,
  state: TrainingState<Name>,
): InnerPoint<Name> => ({
  weights: state.weights,
  metaparameters: state.metaparameters,
  optimizer: options.optimizer,
  optimizerState: state.optimizerState,
  learningRate: learningRateAt(options, state.iteration),
});

/** @throws RangeError if the schedule does not give a rate: with one that is NaN no step would say what is wrong. */
export function learningRateAt<Name extends string, Batch>(
  { learningRate }: Pick<TrainOptions<Name, Batch>, 'learningRate'>,
  iteration: number,
): number {
  const rate = learningRate(iteration);
  if (Number.isFinite(rate) && rate >= 0) return rate;
  throw new RangeError(
    `train: learningRate(${iteration}) is ${describeValue(rate)}; expected a number, 0 or more. Mend the schedule.`,
  );
}

/** Disposes of what a step led to when another is taken instead. */
export const discard = <Name extends string>(next: Next<Name>): void => {
  for (const tensor of tensorsOf(next)) tensor.dispose();
};
