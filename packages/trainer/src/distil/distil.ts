import { type Dataset, sliceExamples, type TeacherLogits, torchRandom } from '@metadistill/datasets';
import {
  adam,
  adamDescent,
  addCosts,
  type Cost,
  forwardEquivalents,
  logitProblem,
  type MetaparameterSpace,
  mixed,
  plainStepCost,
} from '@metadistill/hypergrad';
import {
  classificationMetrics,
  type LogitLoss,
  type Metaparameters,
  type Metrics,
  type MixMetaparameter,
} from '@metadistill/losses';
import { disposeWeights, type Weights } from '@metadistill/models';
import { clone, dispose, ready } from '@tensorflow/tfjs-core';
import { batchesFor, type LiveTeacher, type MiniBatches } from '../batches/mini-batches.js';
import { predictLogits } from '../predict-logits.js';
import { cosineSchedule } from '../schedules/ramps.js';
import { startTraining } from '../state/start-training.js';
import { disposeReplaced, disposeTrainingState } from '../state/training-state.js';
import { train } from '../train.js';
import type { TrainingState } from '../types.js';
import { checkDistil } from './check-distil.js';
import { adamRate, distilDefaults } from './distil-defaults.js';
import type { DistilOptions } from './distil-options.js';

/** What an epoch of `distil` led to. */
export interface EpochReport<Name extends string = MixMetaparameter> {
  /** From 0. */
  readonly epoch: number;
  /** Mean over the epoch's steps. */
  readonly trainingLoss: number;
  /** On the validation set, in evaluation mode. */
  readonly validation: Metrics;
  /** The teacher's accuracy on the validation set, if its answers there are known. */
  readonly teacherAccuracy?: number;
  readonly metaparameters: Metaparameters<Name>;
  /** Network passes so far, as a multiple of those of plain training. */
  readonly costMultiple: number;
  /** Lent until the next report arrives; those of the last report received belong to the receiver. */
  readonly weights: Weights;
}

/** Examples that a live teacher is asked about to find the temperature that suits it. */
const ASKED = 1024;

/**
 * Distils a student by a recipe that needs no sweep, or with metaparameters that are tuned while it trains.
 *
 *     for await (const { epoch, validation, weights } of distil({ ... })) console.log(epoch, validation.accuracy);
 *
 * By default Adam takes steps on (1 − f)·CE + f·c(T)·KL with f = 0.9, the temperature T at which the teacher gives 0.45 to
 * its first choice, and the factor c of `matchedScaling`. With a `controller`, exact scale-free hypergradients of the
 * validation loss move the metaparameters. A student that is better than its teacher on the validation examples, by more than two
 * standard errors, goes on with f = 0. `train` has every choice that is made here. Waits for the backend of TensorFlow.js, as
 * wasm needs.
 *
 * @throws Error, TypeError or RangeError before work starts if there is no backend or no teacher, an option is unknown, or
 *   data, labels, logits or counts do not fit; DivergedError if a loss is not finite.
 */
export async function* distil<Name extends string = MixMetaparameter>(
  options: DistilOptions<Name>,
): AsyncGenerator<EpochReport<Name>, void, undefined> {
  checkDistil(options);
  await backendReady();
  const { student, seed, normalization, batchSize = 128, epochs, signal } = options;
  const { teacher, teacherLogits, validationTeacherLogits, augment } = options;
  const batchesOf = (dataset: Dataset, size: number, extra: object = {}) =>
    batchesFor('distil', { dataset, batchSize: size, ...(normalization && { normalization }), ...extra });
  const training = batchesOf(options.training, batchSize, {
    teacher,
    teacherLogits,
    shuffleSeed: seed,
    ...(augment && { augmentation: { augment, seed } }),
  });
  const examples = options.validation.labels.length;
  const wholeValidation = batchesOf(options.validation, 500);
  const answers =
    teacherLogits ?? (await answersOf(teacher as LiveTeacher, batchesOf(firstOf(options.training), 128)));
  const onValidation = teacher ? await answersOf(teacher, wholeValidation) : validationTeacherLogits;
  // No validation image is ever changed: a live teacher answers on each once.
  const validationBatches = batchesOf(options.validation, batchSize, {
    shuffleSeed: seed + 1,
    teacherLogits: onValidation,
  });
  const { trainingLoss, validationLoss, metaparameters, space } = choicesOf(
    options,
    answers,
    onValidation !== undefined,
  );
  let tuned = options.controller && {
    method: mixed({ scaleFree: true }),
    optimizer: adamDescent({ learningRate: options.metaLearningRate ?? 0.1, beta2: 0.95 }),
    validationBatches,
    controller: options.controller,
    space,
  };
  if (tuned) space.check(metaparameters, 'distil');
  const problem = logitProblem({ model: student, trainingLoss, validationLoss });
  const optimizer = options.optimizer ?? adam();
  const iterations = epochs * training.batchesPerEpoch;
  const { learningRate = cosineSchedule({ from: adamRate(iterations), to: 0, iterations }) } = options;
  const measure = (logits: Float32Array) =>
    classificationMetrics({ logits, labels: options.validation.labels, classes: student.classes });
  const teacherAccuracy = onValidation && measure(onValidation.values).accuracy;
  const weights = options.weights ?? student.initialize(torchRandom(seed).uniform);
  const start = startTraining<Name>({ weights, optimizer, metaparameters });
  let state: TrainingState<Name> = start;
  let cost: Cost = { forwards: 0, backwards: 0, jvps: 0 };
  let lent: Weights | undefined;
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      let summedLoss = 0;
      const from = state;
      for await (const report of train({
        problem,
        trainingBatches: training,
        iterations: (epoch + 1) * training.batchesPerEpoch,
        optimizer,
        learningRate: typeof learningRate === 'function' ? learningRate : () => learningRate,
        start: from,
        ...(tuned && { meta: tuned }),
        ...(signal && { signal }),
      })) {
        // The start of an epoch is borrowed by it: what the epoch before led to is ours to dispose of.
        if (state === from && from !== start) disposeReplaced(from, report.state);
        state = report.state;
        cost = addCosts(cost, report.cost);
        summedLoss += report.trainingLoss;
      }
      const validation = measure(await predictLogits(student, state.weights, wholeValidation));
      if (lent) disposeWeights(lent);
      lent = copyOf(state.weights);
      yield {
        epoch,
        trainingLoss: summedLoss / training.batchesPerEpoch,
        validation,
        metaparameters: state.metaparameters,
        ...(teacherAccuracy !== undefined && { teacherAccuracy }),
        costMultiple: forwardEquivalents(cost) / (state.iteration * forwardEquivalents(plainStepCost)),
        weights: lent,
      };
      if (teacherAccuracy !== undefined && isBetter(validation.accuracy, teacherAccuracy, examples)) {
        state = { ...state, metaparameters: withoutTeacher(state.metaparameters) };
        tuned = undefined;
      }
    }
  } finally {
    // A run that is cut short in mid-epoch leaves the weights of its last report valid.
    if (state !== start) disposeTrainingState(state);
    if (!options.weights) disposeWeights(weights);
    dispose([...start.optimizerState]);
  }
}

interface Choices<Name extends string> {
  readonly trainingLoss: LogitLoss<Name>;
  readonly validationLoss: LogitLoss;
  readonly metaparameters: Metaparameters<Name>;
  readonly space: MetaparameterSpace<Name>;
}

/** What was asked for, and the defaults for the rest; `checkDistil` saw to it that a loss of one's own has its metaparameters. */
function choicesOf<Name extends string>(
  options: DistilOptions<Name>,
  answers: TeacherLogits,
  validationHasTeacher: boolean,
): Choices<Name> {
  const defaults = distilDefaults(answers, validationHasTeacher);
  const { trainingLoss, validationLoss, metaparameters, space } = options;
  return {
    trainingLoss: trainingLoss ?? defaults.trainingLoss(),
    validationLoss: validationLoss ?? defaults.validationLoss(),
    metaparameters: metaparameters ?? defaults.metaparameters(),
    space: space ?? defaults.space(),
  } as unknown as Choices<Name>;
}

const firstOf = (dataset: Dataset): Dataset =>
  sliceExamples(dataset, 0, Math.min(ASKED, dataset.labels.length));

/** What a live teacher says of the examples of a source of batches. */
async function answersOf({ model, weights }: LiveTeacher, batches: MiniBatches): Promise<TeacherLogits> {
  const values = await predictLogits(model, weights, batches);
  return { values, examples: values.length / model.classes, classes: model.classes };
}

/** Whether an accuracy on so many examples is above another by more than two standard errors. */
const isBetter = (accuracy: number, other: number, examples: number): boolean =>
  accuracy - other > 2 * Math.sqrt((other * (1 - other)) / examples);

/** The same with f = 0, if there is an f. */
const withoutTeacher = <Name extends string>(metaparameters: Metaparameters<Name>): Metaparameters<Name> =>
  'distillationFraction' in metaparameters ? { ...metaparameters, distillationFraction: 0 } : metaparameters;

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
