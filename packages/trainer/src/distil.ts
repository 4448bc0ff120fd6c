import type { Dataset } from '@metadistill/datasets';
import { torchRandom } from '@metadistill/datasets';
import {
  adamDescent,
  addCosts,
  type Cost,
  forwardEquivalents,
  logitProblem,
  metaparameterSpace,
  mixed,
  momentum,
  plainStepCost,
} from '@metadistill/hypergrad';
import {
  classificationMetrics,
  convexMix,
  crossEntropy,
  type Metaparameters,
  type Metrics,
  type MixMetaparameter,
} from '@metadistill/losses';
import { disposeWeights, type Weights } from '@metadistill/models';
import { everyKth } from '@metadistill/trajectory';
import { clone, dispose, ready } from '@tensorflow/tfjs-core';
import { batchesFor } from './batches/mini-batches.js';
import { checkDistil } from './check-distil.js';
import type { DistilOptions } from './distil-options.js';
import { predictLogits } from './predict-logits.js';
import { startTraining } from './state/start-training.js';
import { disposeTrainingState } from './state/training-state.js';
import { train } from './train.js';
import type { TrainingState } from './types.js';

/** What an epoch of `distil` led to. */
export interface EpochReport {
  /** From 0. */
  readonly epoch: number;
  /** Mean over the epoch's steps. */
  readonly trainingLoss: number;
  /** On the validation set, in evaluation mode. */
  readonly validation: Metrics;
  readonly metaparameters: Metaparameters<MixMetaparameter>;
  /** Network passes so far, as a multiple of those of plain training. */
  readonly costMultiple: number;
  /** Lent until the next report arrives; those of the last report received belong to the receiver. */
  readonly weights: Weights;
}

/**
 * Distils a student, tuning the distillation fraction and the temperature on the validation loss while it trains.
 *
 *     for await (const { epoch, validation, weights } of distil({ ... })) console.log(epoch, validation.accuracy);
 *
 * Exact hypergradients every 5th step move f by its logit and T by its logarithm, f in [0, 1], T in [0.5, 20].
 * `train` has every choice that is made here. Waits for the backend of TensorFlow.js, as wasm needs.
 *
 * @throws Error, TypeError or RangeError before work starts if there is no backend or no teacher, an option is unknown, or
 *   data, labels, logits or counts do not fit; DivergedError if a loss is not finite.
 */
export async function* distil(options: DistilOptions): AsyncGenerator<EpochReport, void, undefined> {
  checkDistil(options);
  await backendReady();
  const { student, seed, normalization, batchSize = 128, learningRate = 0.05 } = options;
  const { teacher, teacherLogits, augment } = options;
  const batchesOf = (dataset: Dataset, size: number, extra: object = {}) =>
    batchesFor('distil', { dataset, batchSize: size, ...(normalization && { normalization }), ...extra });
  const training = batchesOf(options.training, batchSize, {
    teacher,
    teacherLogits,
    shuffleSeed: seed,
    ...(augment && { augmentation: { augment, seed } }),
  });
  const validation = batchesOf(options.validation, batchSize, { shuffleSeed: seed + 1 });
  const wholeValidation = batchesOf(options.validation, 500);
  const space = metaparameterSpace<MixMetaparameter>({
    distillationFraction: { bounds: [0, 1], transform: 'sigmoid' },
    temperature: { bounds: [0.5, 20], transform: 'log' },
  });
  const metaparameters = options.metaparameters ?? { distillationFraction: 0.5, temperature: 2 };
  space.check(metaparameters, 'distil');
  const optimizer = options.optimizer ?? momentum({ momentum: 0.9 });
  const weights = options.weights ?? student.initialize(torchRandom(seed).uniform);
  const start = startTraining<MixMetaparameter>({ weights, optimizer, metaparameters });
  let state: TrainingState<MixMetaparameter> | undefined;
  let cost: Cost = { forwards: 0, backwards: 0, jvps: 0 };
  let summedLoss = 0;
  let lent: Weights | undefined;
  try {
    for await (const report of train({
      problem: logitProblem({
        model: student,
        trainingLoss: convexMix({ scaling: 'none' }),
        validationLoss: crossEntropy(),
      }),
      trainingBatches: training,
      iterations: options.epochs * training.batchesPerEpoch,
      optimizer,
      learningRate: typeof learningRate === 'function' ? learningRate : () => learningRate,
      start,
      meta: {
        method: mixed(),
        optimizer: adamDescent({ learningRate: options.metaLearningRate ?? 0.05 }),
        validationBatches: validation,
        controller: options.controller ?? everyKth(5),
        space,
      },
      ...(options.signal && { signal: options.signal }),
    })) {
      state = report.state;
      cost = addCosts(cost, report.cost);
      summedLoss += report.trainingLoss;
      const done = report.iteration + 1;
      if (done % training.batchesPerEpoch !== 0) continue;
      const logits = await predictLogits(student, state.weights, wholeValidation);
      if (lent) disposeWeights(lent);
      lent = copyOf(state.weights);
      yield {
        epoch: done / training.batchesPerEpoch - 1,
        trainingLoss: summedLoss / training.batchesPerEpoch,
        validation: classificationMetrics({
          logits,
          labels: options.validation.labels,
          classes: student.classes,
        }),
        metaparameters: report.metaparameters,
        costMultiple: forwardEquivalents(cost) / (done * forwardEquivalents(plainStepCost)),
        weights: lent,
      };
      summedLoss = 0;
    }
  } finally {
    // A run that is cut short in mid-epoch leaves the weights of its last report valid.
    if (state) disposeTrainingState(state);
    if (!options.weights) disposeWeights(weights);
    dispose([...start.optimizerState]);
  }
}

async function backendReady(): Promise<void> {
  try {
    await ready();
  } catch (cause) {
    throw new Error(
      `distil: TensorFlow.js has no backend that works (${(cause as Error).message}); expected one. Import one first, such ` +
        "as '@tensorflow/tfjs-backend-cpu'.",
      { cause },
    );
  }
}

/** The same values in tensors of their own lifetime; the memory is shared. */
const copyOf = ({ parameters, statistics }: Weights): Weights => ({
  parameters: parameters.map((tensor) => clone(tensor)),
  statistics: statistics.map((tensor) => clone(tensor)),
});
