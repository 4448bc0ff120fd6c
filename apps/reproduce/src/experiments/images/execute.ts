import { deserialize, serialize } from 'node:v8';
import { torchRandom } from '@metadistill/datasets';
import type { Cost } from '@metadistill/hypergrad';
import { classificationMetrics, type MixMetaparameter, teacherMetrics } from '@metadistill/losses';
import type { Model, Weights } from '@metadistill/models';
import {
  disposeTrainingState,
  exponentialSchedule,
  predictLogits,
  restoreTraining,
  snapshotTraining,
  type TrainingSnapshot,
} from '@metadistill/trainer';
import { requireBackend } from '../../native/require-backend.js';
import type { RunContext, RunSpec } from '../../runs/experiment.js';
import { logitsFingerprint } from '../../teacher/teacher-card.js';
import { drawMetaparameters } from '../training/draw-metaparameters.js';
import {
  freshStart,
  type Measurement,
  measuredTraining,
  type Scores,
  type TrainingProgress,
  type TrainingSetup,
} from '../training/measured-training.js';
import { type MethodKind, methodOf } from '../training/methods.js';
import { startOf } from '../training/objectives.js';
import { type SearchProgress, searchRun } from '../training/search-run.js';
import type { ImageConfig } from './config.js';
import { type ImageData, type ImageSource, imageData } from './data.js';

/** One run of an image experiment: trains the student, and after every epoch emits an evaluation and a snapshot. */
export async function execute(
  spec: RunSpec<ImageConfig>,
  context: RunContext,
  model: Model,
  load: () => Promise<ImageSource>,
): Promise<void> {
  const { config, protocol, run } = spec;
  const method = methodOf(spec.method) as MethodKind;
  const backend = await requireBackend({
    prefer: spec.backend,
    arithmetic: spec.arithmetic ?? 'direct',
    threads: context.threads ?? 1,
  });
  const source = await load();
  const data = imageData(source, config, protocol, method, run);
  const teacher = await logitsFingerprint(source.teacherLogits);
  const { batchesPerEpoch } = data.training;
  const seed = config.seed + run;
  context.begin({ backend, seed, data: source.fingerprints });
  const setup: TrainingSetup = {
    model,
    method,
    protocol,
    settings: config,
    teacherLogits: data.trainingTeacherLogits,
    trainingBatches: data.training,
    validationBatches: data.validation,
    iterations: config.epochs * batchesPerEpoch,
    learningRate: exponentialSchedule({
      from: config.learningRate,
      factor: config.learningRateDecayFactor,
      every: config.learningRateDecayEpochs * batchesPerEpoch,
    }),
    // The authors' code counts blocks from 0 in each epoch, and looks ahead by the initial learning rate for ever.
    schedule:
      protocol === 'published'
        ? { restartEvery: batchesPerEpoch, virtualLearningRate: config.learningRate }
        : {},
    epochAfter: (updates) => (updates % batchesPerEpoch === 0 ? updates / batchesPerEpoch - 1 : undefined),
    scores: (weights) => scoresOf(model, weights, data),
  };
  const weights = () => model.initialize(torchRandom(seed).uniform);
  const snapshot = context.snapshot && (deserialize(context.snapshot) as ImageSnapshot);
  if (snapshot && snapshot.teacher !== teacher) {
    throw new Error(
      `the fingerprint of the teacher's logits is ${teacher}; expected ${snapshot.teacher}, of those that the run began ` +
        'with. Put them back, or replace the run with --fresh.',
    );
  }
  const save = async (progress: TrainingProgress, search?: SearchProgress) =>
    context.save(
      serialize({ ...(await pack(progress)), teacher, ...(search && { search }) } satisfies ImageSnapshot),
    );
  async function* train(start: TrainingProgress, progress = context.progress): AsyncGenerator<Measurement> {
    try {
      yield* measuredTraining(setup, start, { ...context, progress });
    } finally {
      disposeTrainingState(start.state);
    }
  }

  if (method.kind === 'search') {
    const best = await searchRun({
      method,
      settings: config,
      seed: seed + 1,
      ...(snapshot?.search && { from: snapshot.search }),
      // The authors' hyperopt looks at the best epoch of a training, and reports the last.
      ...(protocol === 'published' && { score: (accuracies) => Math.max(...accuracies) }),
      progress: context.progress,
      train: (metaparameters, resumes, progress) =>
        train(
          resumes && snapshot ? unpack(snapshot) : freshStart(method, weights(), metaparameters),
          progress,
        ),
      onProgress: (search, progress) => save(progress, search),
    });
    for (const evaluation of best) context.emit(evaluation);
    return;
  }

  const start = snapshot
    ? unpack(snapshot)
    : freshStart(
        method,
        weights(),
        startOf(method, data.trainingTeacherLogits, () => drawMetaparameters(config.seed, run, config)),
      );
  for await (const { evaluation, ...progress } of train(start)) {
    context.emit(evaluation);
    await save(progress);
  }
}

/** All that a run needs to resume bit for bit. */
interface ImageSnapshot {
  readonly state: TrainingSnapshot<MixMetaparameter>;
  readonly cost: Cost;
  /** The fingerprint of the teacher's logits. */
  readonly teacher: string;
  /** Of a search: where it stands, the training above being the one that it has open. */
  readonly search?: SearchProgress;
}

const pack = async ({ state, cost }: TrainingProgress): Promise<Pick<ImageSnapshot, 'state' | 'cost'>> => ({
  state: await snapshotTraining(state),
  cost,
});

const unpack = ({ state, cost }: ImageSnapshot): TrainingProgress => ({
  state: restoreTraining(state),
  cost,
});

/** Test and validation scores in evaluation mode, losses at temperature 1. */
async function scoresOf(model: Model, weights: Weights, data: ImageData): Promise<Scores> {
  const { classes } = model;
  const testLogits = await predictLogits(model, weights, data.testSet);
  const test = classificationMetrics({ logits: testLogits, labels: data.labels.test, classes });
  const validationLogits = await predictLogits(model, weights, data.validationSet);
  const validation = classificationMetrics({
    logits: validationLogits,
    labels: data.labels.validation,
    classes,
  });
  const teacher = teacherMetrics({
    studentLogits: validationLogits,
    teacherLogits: data.validationTeacherLogits,
    classes,
  });
  return {
    testAccuracy: test.accuracy,
    testLoss: test.negativeLogLikelihood,
    testExpectedCalibrationError: test.expectedCalibrationError,
    testBrierScore: test.brierScore,
    ...(classes > 5 && { testTop5Accuracy: test.topKAccuracy }),
    validationAccuracy: validation.accuracy,
    validationLoss: validation.negativeLogLikelihood,
    validationTeacherAgreement: teacher.teacherAgreement,
    validationTeacherKL: teacher.teacherKL,
  };
}
