import type { Cost, Diagnostics, InnerPoint } from '@metadistill/hypergrad';
import type { Metaparameters } from '@metadistill/losses';
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
  learningRate: options.learningRate(state.iteration),
});

/** Disposes of what a step led to when another is taken instead. */
export const discard = <Name extends string>(next: Next<Name>): void => {
  for (const tensor of tensorsOf(next)) tensor.dispose();
};
