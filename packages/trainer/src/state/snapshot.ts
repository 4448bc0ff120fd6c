import type { Tensors } from '@metadistill/models';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { TrainingState } from '../types.js';

/** A tensor on the host. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A training state as plain data: what `structuredClone`, `node:v8` and IndexedDB can hold. */
export interface TrainingSnapshot<Name extends string = string>
  extends Omit<TrainingState<Name>, 'weights' | 'optimizerState' | 'methodState'> {
  readonly parameters: readonly StoredTensor[];
  readonly statistics: readonly StoredTensor[];
  readonly optimizerState: readonly StoredTensor[];
  readonly methodState: readonly StoredTensor[];
}

/** Copies a training state to the host. Borrows its tensors; nothing to dispose of. */
export async function snapshotTraining<Name extends string>(
  state: TrainingState<Name>,
): Promise<TrainingSnapshot<Name>> {
  const { weights, optimizerState, methodState, ...rest } = state;
  const [parameters, statistics, optimizer, method] = await Promise.all(
    [weights.parameters, weights.statistics, optimizerState, methodState].map(store),
  );
  return {
    ...rest,
    parameters: parameters as StoredTensor[],
    statistics: statistics as StoredTensor[],
    optimizerState: optimizer as StoredTensor[],
    methodState: method as StoredTensor[],
  };
}

/** The state that a snapshot was taken of; training continues from it bit for bit. Its tensors belong to the caller. */
export const restoreTraining = <Name extends string>(
  snapshot: TrainingSnapshot<Name>,
): TrainingState<Name> => {
  const { parameters, statistics, optimizerState, methodState, ...rest } = snapshot;
  return {
    ...rest,
    weights: { parameters: parameters.map(restore), statistics: statistics.map(restore) },
    optimizerState: optimizerState.map(restore),
    methodState: methodState.map(restore),
  };
};

const store = (tensors: Tensors): Promise<StoredTensor[]> =>
  Promise.all(
    // A copy: on some backends the data are a view of memory that is used again.
    tensors.map(async (each) => ({ shape: each.shape, values: Float32Array.from(await each.data()) })),
  );

const restore = ({ shape, values }: StoredTensor): Tensor => tensor(values, [...shape], 'float32');
