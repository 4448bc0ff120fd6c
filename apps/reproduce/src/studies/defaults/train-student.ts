import { setImmediate } from 'node:timers/promises';
import { torchRandom } from '@metadistill/datasets';
import {
  addCosts,
  type Cost,
  forwardEquivalents,
  type LogitBatch,
  logitProblem,
  plainStepCost,
} from '@metadistill/hypergrad';
import {
  classificationMetrics,
  convexMix,
  crossEntropy,
  type MixMetaparameter,
  matchedScaling,
  teacherMetrics,
} from '@metadistill/losses';
import type { Model, Weights } from '@metadistill/models';
import {
  cosineSchedule,
  DivergedError,
  disposeTrainingState,
  miniBatches,
  predictLogits,
  startTraining,
  type TrainingState,
  train,
} from '@metadistill/trainer';
import type { PartContext } from '../study.js';
import type { Arm } from './arm.js';
import type { LossScale, StudyOptimizer } from './optimizers.js';
import type { TaskData, TaskSettings } from './tasks/task.js';

/** What a training comes to after its last epoch. */
export interface TrainingRecord {
  readonly seed: number;
  /** At the end, as is the temperature. */
  readonly distillationFraction: number;
  readonly temperature: number;
  readonly validationAccuracy: number;
  readonly testAccuracy: number;
  readonly testNegativeLogLikelihood: number;
  /** KL(teacher ‖ student) on the validation examples, at temperature 1. */
  readonly validationTeacherKL: number;
  /** Network passes, as a multiple of those of plain training. */
  readonly costMultiple: number;
  /** Of the training, without what is measured after it. */
  readonly seconds: number;
}

export interface TrainStudentOptions extends PartContext {
  readonly data: TaskData;
  readonly settings: TaskSettings;
  readonly arm: Arm;
  readonly optimizer: StudyOptimizer;
  /** The name of task and optimizer. */
  readonly cell: string;
  readonly seed: number;
}

/** Small enough that the widest images between layers stay in the cache. */
const evaluationBatchSize = 125;

/** Trains one student by a recipe. Recipes start from the same weights and see the same batches for a seed. */
export async function trainStudent(options: TrainStudentOptions): Promise<TrainingRecord> {
  const { data, settings, arm, cell, seed, signal } = options;
  const student = data.student();
  const optimizer = options.optimizer.make();
  // Epochs of different seeds must not share permutations or crops.
  const stream = 1_000_000 * (seed + 1);
  const shared = {
    batchSize: settings.batchSize,
    ...(data.normalization && { normalization: data.normalization }),
  };
  const training = miniBatches({
    ...shared,
    ...data.training,
    shuffleSeed: stream,
    ...(data.augment && { augmentation: { augment: data.augment, seed: stream } }),
  });
  const { validationLoss = crossEntropy(), ...tuning } = arm.tuning?.(data) ?? {};
  const meta = 'method' in tuning && {
    ...tuning,
    validationBatches: miniBatches({ ...shared, ...data.validation, shuffleSeed: stream + 500_000 }),
  };
  const weights = student.initialize(torchRandom(seed).uniform);
  const start = startTraining<MixMetaparameter>({
    weights,
    optimizer,
    metaparameters: arm.start({ data, cell, seed }),
  });
  const iterations = settings.epochs * training.batchesPerEpoch;
  const learningRate = options.optimizer.learningRates[arm.scale];
  let state: TrainingState<MixMetaparameter> = start;
  let cost: Cost = { forwards: 0, backwards: 0, jvps: 0 };
  const started = performance.now();
  let diverged = false;
  try {
    for await (const report of train<MixMetaparameter, LogitBatch>({
      problem: logitProblem({
        model: student,
        trainingLoss: convexMix({ scaling: scalingOf(arm.scale, data) }),
        validationLoss,
      }),
      trainingBatches: training,
      iterations,
      optimizer,
      learningRate: cosineSchedule({ from: learningRate, to: 0, iterations }),
      start,
      signal,
      ...(meta && { meta }),
    })) {
      state = report.state;
      cost = addCosts(cost, report.cost);
      options.progress(state.iteration / iterations);
      // Lets a signal through.
      await setImmediate();
    }
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    diverged = true;
  }
  const seconds = (performance.now() - started) / 1000;
  try {
    const scores = await scoresOf(student, diverged ? undefined : state.weights, data);
    const steps = Math.max(1, state.iteration);
    return {
      seed,
      distillationFraction: rounded(state.metaparameters.distillationFraction),
      temperature: rounded(state.metaparameters.temperature),
      ...scores,
      costMultiple: rounded(forwardEquivalents(cost) / (steps * forwardEquivalents(plainStepCost))),
      seconds: Math.round(100 * seconds) / 100,
    };
  } finally {
    if (state !== start) disposeTrainingState(state);
    disposeTrainingState(start);
  }
}

const scalingOf = (scale: LossScale, { training: { teacherLogits } }: TaskData) =>
  scale === 'matched' ? matchedScaling({ teacherLogits }) : scale === 'labels' ? 'none' : scale;

/** Of a student; one that diverged counts as one whose logits are all 0. */
async function scoresOf(student: Model, weights: Weights | undefined, data: TaskData) {
  const { classes } = student;
  const logitsOf = async (dataset: TaskData['test']): Promise<Float32Array> => {
    const nothing = new Float32Array(dataset.labels.length * classes);
    if (!weights) return nothing;
    const { normalization } = data;
    const batches = miniBatches({
      dataset,
      batchSize: evaluationBatchSize,
      ...(normalization && { normalization }),
    });
    const logits = await predictLogits(student, weights, batches);
    return logits.every(Number.isFinite) ? logits : nothing;
  };
  const { dataset, teacherLogits } = data.validation;
  const studentLogits = await logitsOf(dataset);
  const validation = classificationMetrics({ logits: studentLogits, labels: dataset.labels, classes });
  const test = classificationMetrics({
    logits: await logitsOf(data.test),
    labels: data.test.labels,
    classes,
  });
  const teacher = teacherMetrics({ studentLogits, teacherLogits: teacherLogits.values, classes });
  return {
    validationAccuracy: rounded(validation.accuracy),
    testAccuracy: rounded(test.accuracy),
    testNegativeLogLikelihood: rounded(test.negativeLogLikelihood),
    validationTeacherKL: rounded(teacher.teacherKL),
  };
}

const rounded = (value: number): number => Number(value.toPrecision(6));
