import { disposeWeights, type Tensors } from '@metadistill/models';
import type { TrainingState } from './types.js';

/** Disposes of all tensors of a training state. */
export function disposeTrainingState<Name extends string>(state: TrainingState<Name>): void {
  disposeWeights(state.weights);
  for (const tensor of state.optimizerState) tensor.dispose();
}

/** Disposes of the tensors of `old` that `next` does not hold. */
export function disposeReplaced<Name extends string>(
  old: TrainingState<Name>,
  next: TrainingState<Name>,
): void {
  const kept = new Set(tensorsOf(next));
  for (const tensor of tensorsOf(old)) if (!kept.has(tensor)) tensor.dispose();
}

const tensorsOf = <Name extends string>({ weights, optimizerState }: TrainingState<Name>): Tensors => [
  ...weights.parameters,
  ...weights.statistics,
  ...optimizerState,
];
