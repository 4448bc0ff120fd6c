import type { Augmentation, Dataset, Normalization, TeacherLogits } from '@metadistill/datasets';
import { torchRandom } from '@metadistill/datasets';
import {
  adamDescent,
  addCosts,
  type Cost,
  forwardEquivalents,
  type InnerOptimizer,
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
import { disposeWeights, type Model, type Weights } from '@metadistill/models';
import { checkOptions } from '@metadistill/options';
import { type Controller, everyKth } from '@metadistill/trajectory';
import { clone, dispose, ready } from '@tensorflow/tfjs-core';
import { type LiveTeacher, miniBatches } from './batches/mini-batches.js';
import { predictLogits } from './predict-logits.js';
import type { Schedule } from './schedules/schedule.js';
import { startTraining } from './state/start-training.js';
import { disposeTrainingState } from './state/training-state.js';
import { train } from './train.js';
import type { TrainingState } from './types.js';

export interface DistilOptions {
  readonly student: Model;
  /** What the student learns from. */
  readonly training: Dataset;
  /** A teacher's logits on the training examples, in their order; computed once, the cheaper way. */
  readonly teacherLogits?: TeacherLogits;
  /** Or a teacher that answers on every batch, augmented images included. */
  readonly teacher?: LiveTeacher;
  /** Changes the training images of every batch, such as `flipAndCrop()`. */
  readonly augment?: Augmentation;
  /** What the metaparameters are tuned on; test the student on a third set. */
  readonly validation: Dataset;
  readonly epochs: number;
  /** Seeds the initial weights and the order of the examples. */
  readonly seed: number;
  /** Of the images; see `channelStatistics`. */
  readonly normalization?: Normalization;
  /** Default 128. */
  readonly batchSize?: number;
  /** One for all iterations, or a schedule such as `cosineSchedule`; default 0.05. */
  readonly learningRate?: number | Schedule;
  /** Default `momentum({ momentum: 0.9 })`. */
  readonly optimizer?: InnerOptimizer;
  /** Where to start; borrowed. Default: PyTorch's initialisation under the seed. */
  readonly weights?: Weights;
  /** Default { distillationFraction: 0.5, temperature: 2 }. */
  readonly metaparameters?: Metaparameters<MixMetaparameter>;
  /** Which iterations compute a hypergradient. Default every 5th, which costs a third more than plain training. */
  readonly controller?: Controller;
  /** Learning rate of Adam on the metaparameters, in logit and log space; default 0.05. */
  readonly metaLearningRate?: number;
  readonly signal?: AbortSignal;
}

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
  check(options);
  await backendReady();
  const { student, seed, normalization, batchSize = 128, learningRate = 0.05 } = options;
  const { teacher, teacherLogits, augment } = options;
  const batchesOf = (dataset: Dataset, size: number, extra: object = {}) =>
    miniBatches({ dataset, batchSize: size, ...(normalization && { normalization }), ...extra });
  const training = batchesOf(options.training, batchSize, {
    teacher,
    teacherLogits,
    shuffleSeed: seed,
    ...(augment && { augmentation: { augment, seed } }),
  });
  const validation = batchesOf(options.validation, batchSize, { shuffleSeed: seed + 1 });
  const wholeValidation = batchesOf(options.validation, 500);
  const optimizer = options.optimizer ?? momentum({ momentum: 0.9 });
  const weights = options.weights ?? student.initialize(torchRandom(seed).uniform);
  const start = startTraining<MixMetaparameter>({
    weights,
    optimizer,
    metaparameters: options.metaparameters ?? { distillationFraction: 0.5, temperature: 2 },
  });
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
        space: metaparameterSpace<MixMetaparameter>({
          distillationFraction: { bounds: [0, 1], transform: 'sigmoid' },
          temperature: { bounds: [0.5, 20], transform: 'log' },
        }),
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

/** What JavaScript may pass for an option by mistake: a member that tells, what is expected, and how to get it. */
const parts = {
  student: {
    member: 'initialize',
    expected: 'a model',
    remedy: 'Make one with model() of @metadistill/models, or from a tf.LayersModel with fromLayersModel().',
  },
  training: {
    member: 'exampleShape',
    expected: 'a data set',
    remedy: 'Pass { name, examples, exampleShape, labels, classes }.',
  },
  validation: {
    member: 'exampleShape',
    expected: 'a data set',
    remedy: 'Hold out a part of the training data: holdOutLast() of @metadistill/datasets.',
  },
  optimizer: {
    member: 'step',
    expected: 'an inner optimizer',
    remedy: 'Call its factory: momentum({ momentum: 0.9 }) of @metadistill/hypergrad.',
  },
  controller: {
    member: 'initialize',
    expected: 'a controller',
    remedy: 'Call its factory: everyKth(5) of @metadistill/trajectory.',
  },
} as const;

const shown = (value: unknown): string => {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return `{ ${Object.keys(value).join(', ')} }`;
  return typeof value === 'function' ? 'a function' : String(value);
};

function check(options: DistilOptions): void {
  checkOptions('distil', options, {
    student: true,
    training: true,
    teacherLogits: true,
    teacher: true,
    augment: true,
    validation: true,
    epochs: true,
    seed: true,
    normalization: true,
    batchSize: true,
    learningRate: true,
    optimizer: true,
    weights: true,
    metaparameters: true,
    controller: true,
    metaLearningRate: true,
    signal: true,
  });
  for (const [name, { member, expected, remedy }] of Object.entries(parts)) {
    const part = options[name as keyof typeof parts] as unknown;
    if (part === undefined && (name === 'optimizer' || name === 'controller')) continue;
    if (typeof part === 'object' && part !== null && member in part) continue;
    throw new TypeError(`distil: ${name} is ${shown(part)}; expected ${expected}. ${remedy}`);
  }
  const { epochs, learningRate, teacher, teacherLogits } = options;
  if (!teacher && !teacherLogits) {
    throw new TypeError(
      'distil: teacherLogits and teacher are undefined; expected one of them. Pass the logits of a teacher on the ' +
        'training examples, or the teacher itself as { model, weights }.',
    );
  }
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw new RangeError(`distil: epochs is ${epochs}; expected a whole number, 1 or more.`);
  }
  if (typeof learningRate === 'number' && !(learningRate > 0 && Number.isFinite(learningRate))) {
    throw new RangeError(`distil: learningRate is ${learningRate}; expected a number above 0.`);
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
