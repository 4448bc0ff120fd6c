import { type Dataset, flipAndCrop, type Normalization, torchRandom } from '@metadistill/datasets';
import { logitProblem, momentum, withWeightDecay } from '@metadistill/hypergrad';
import { crossEntropy } from '@metadistill/losses';
import type { Model, Weights } from '@metadistill/models';
import {
  cosineSchedule,
  disposeTrainingState,
  miniBatches,
  startTraining,
  train,
} from '@metadistill/trainer';
import type { TeacherSettings } from './teacher-settings.js';

export interface TeacherReport {
  /** From 0. */
  readonly epoch: number;
  /** Mean over the epoch's steps. */
  readonly trainingLoss: number;
  /** Lent until the next report is asked for. */
  readonly weights: Weights;
}

/**
 * Trains a teacher by SGD with momentum and weight decay on the labels alone; a report per epoch.
 *
 * @param onStep called after every step with the share of the training that is done, in [0, 1].
 * @throws RangeError if a setting is out of range; DivergedError if the loss is not finite.
 */
export async function* trainTeacher(
  model: Model,
  dataset: Dataset,
  normalization: Normalization,
  settings: TeacherSettings,
  {
    signal,
    onStep,
  }: { readonly signal?: AbortSignal; readonly onStep?: (done: number) => Promise<void> } = {},
): AsyncGenerator<TeacherReport, void, undefined> {
  const { batchSize, seed } = settings;
  const batches = miniBatches({
    dataset,
    batchSize,
    normalization,
    shuffleSeed: seed,
    ...(settings.augment && { augmentation: { augment: flipAndCrop(), seed } }),
  });
  const { batchesPerEpoch } = batches;
  const iterations = settings.epochs * batchesPerEpoch;
  const optimizer = withWeightDecay({
    optimizer: momentum({ momentum: settings.momentum }),
    weightDecay: settings.weightDecay,
  });
  const loss = crossEntropy();
  const weights = model.initialize(torchRandom(seed).uniform);
  const start = startTraining<never>({ weights, optimizer, metaparameters: {} });
  let summedLoss = 0;
  let last: typeof start | undefined;
  try {
    for await (const { state, iteration, trainingLoss } of train({
      problem: logitProblem({ model, trainingLoss: loss, validationLoss: loss }),
      trainingBatches: batches,
      iterations,
      optimizer,
      learningRate: cosineSchedule({ from: settings.learningRate, to: 0, iterations }),
      start,
      ...(signal && { signal }),
    })) {
      last = state;
      summedLoss += trainingLoss;
      const done = iteration + 1;
      await onStep?.(done / iterations);
      if (done % batchesPerEpoch !== 0) continue;
      yield {
        epoch: done / batchesPerEpoch - 1,
        trainingLoss: summedLoss / batchesPerEpoch,
        weights: state.weights,
      };
      summedLoss = 0;
    }
  } finally {
    if (last) disposeTrainingState(last);
    disposeTrainingState(start);
  }
}
