import type { Tensors } from '@metadistill/models';
import type { TrainingState } from '../types.js';

/** Disposes of all tensors of a training state. */
export function disposeTrainingState<Name extends string>(state: TrainingState<Name>): void {
  for (const tensor of tensorsOf(state)) tensor.dispose();
}

/** Disposes of the tensors of `old` that `next` does not hold. */
export function disposeReplaced<Name extends string>(
  old: TrainingState<Name>,
  next: TrainingState<Name>,
): void {
  const kept = new Set(tensorsOf(next));
  for (const tensor of tensorsOf(old)) if (!kept.has(tensor)) tensor.dispose();
}

/** All tensors of a state or of the part of one that a step makes. */
export const tensorsOf = ({
  weights,
  optimizerState,
  methodState,
}: Pick<TrainingState<string>, 'weights' | 'optimizerState' | 'methodState'>): Tensors => [
  ...weights.parameters,
  ...weights.statistics,
  ...optimizerState,
  ...methodState,
];
