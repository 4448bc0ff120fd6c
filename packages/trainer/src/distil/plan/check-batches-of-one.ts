import { torchRandom } from '@metadistill/datasets';
import { disposeWeights } from '@metadistill/models';
import { tidy, zeros } from '@tensorflow/tfjs-core';
import type { DistilTask } from '../distil-task.js';

/**
 * Refuses a batch of one example that a student cannot train on, as batch norm cannot or Keras' learns nothing of, before the first step: it would come at
 * the end of an epoch. A hypergradient normalises batches of validation examples too.
 *
 * @throws RangeError that names the batch size, with what the student says.
 */
export function checkBatchesOfOne<Name extends string>(task: DistilTask<Name>, batchSize: number): void {
  const { student, seed, training, validation, controller } = task;
  const sets = controller ? [training, validation] : [training];
  const lonely = sets.find(({ labels }) => labels.length % batchSize === 1 % batchSize);
  if (!lonely) return;
  const weights = task.weights ?? student.initialize(torchRandom(seed).uniform);
  try {
    if (student.normalizedAway !== undefined) {
      throw new RangeError(
        `${student.normalizedAway} has 1 value per channel, and gives the same for any example`,
      );
    }
    tidy(() => {
      student.forward(weights, zeros([1, ...student.inputShape]), 'training');
    });
  } catch (cause) {
    const examples = lonely.labels.length;
    const better = betterSize(
      batchSize,
      sets.map(({ labels }) => labels.length),
    );
    throw new RangeError(
      `distil: batchSize is ${batchSize}, which leaves a last batch of 1 of the ${examples} examples of ${lonely.name}; expected ` +
        `2 or more, as the student refuses it (${(cause as Error).message}). Pass batchSize: ${better}, or one example less.`,
      { cause },
    );
  } finally {
    if (!task.weights) disposeWeights(weights);
  }
}

/** The next smaller size that leaves no example alone, or the next larger one. */
function betterSize(batchSize: number, counts: readonly number[]): number {
  const isGood = (size: number) => counts.every((count) => count % size !== 1 % size);
  for (let size = batchSize; size > batchSize / 2 && size > 1; size--) if (isGood(size)) return size;
  let size = batchSize + 1;
  while (!isGood(size)) size++;
  return size;
}
