import { deserialize, serialize } from 'node:v8';
import { torchRandom } from '@metadistill/datasets';
import { classificationMetrics, teacherMetrics } from '@metadistill/losses';
import type { Model, Weights } from '@metadistill/models';
import { disposeTrainingState, predictLogits, restoreTraining, snapshotTraining } from '@metadistill/trainer';
import type { RunContext, RunSpec } from '../../experiment.js';
import { chooseBackend } from '../../native/choose-backend.js';
import { drawMetaparameters } from '../draw-metaparameters.js';
import {
  freshStart,
  measuredTraining,
  type Progress,
  type Scores,
  type TrainingSetup,
} from '../measured-training.js';
import { type MethodKind, methodOf } from '../methods.js';
import { searchRun } from '../search-run.js';
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
  const backend = await chooseBackend({ prefer: spec.backend });
  const data = imageData(await load(), config, protocol, method, run);
  const { batchesPerEpoch } = data.training;
  const seed = config.seed + run;
  context.begin({ backend, seed });
  const setup: TrainingSetup = {
    model,
    method,
    protocol,
    settings: config,
    trainingBatches: data.training,
    validationBatches: data.validation,
    iterations: config.epochs * batchesPerEpoch,
    learningRate: (iteration) => learningRate(config, Math.floor(iteration / batchesPerEpoch)),
    // The authors' code counts blocks from 0 in each epoch, and looks ahead by the initial learning rate for ever.
    schedule:
      protocol === 'published'
        ? { restartEvery: batchesPerEpoch, virtualLearningRate: config.learningRate }
        : {},
    epochAfter: (updates) => (updates % batchesPerEpoch === 0 ? updates / batchesPerEpoch - 1 : undefined),
    evaluate: (weights) => evaluate(model, weights, data),
  };
  const weights = () => model.initialize(torchRandom(seed).uniform);

  if (method.kind === 'search') {
    const best = await searchRun(method, config, seed + 1, async function* (metaparameters) {
      const start = freshStart(weights(), metaparameters);
      yield* measuredTraining(setup, start, context);
      disposeTrainingState(start.state);
    });
    for (const evaluation of best) context.emit(evaluation);
    return;
  }

  const start = context.snapshot
    ? unpack(context.snapshot)
    : freshStart(weights(), method.kind === 'fixed' ? fixedOf(method) : drawMetaparameters(config.seed, run));
  try {
    for await (const { evaluation, ...progress } of measuredTraining(setup, start, context)) {
      context.emit(evaluation);
      context.save(await pack(progress));
    }
  } finally {
    disposeTrainingState(start.state);
  }
}

const fixedOf = ({ distillationFraction, temperature }: MethodKind & { kind: 'fixed' }) => ({
  distillationFraction,
  temperature,
});

const learningRate = (config: ImageConfig, epoch: number): number =>
  config.learningRate * config.learningRateDecayFactor ** Math.floor(epoch / config.learningRateDecayEpochs);

const pack = async ({ state, cost }: Progress): Promise<Uint8Array> =>
  serialize({ state: await snapshotTraining(state), cost });

function unpack(snapshot: Uint8Array): Progress {
  const { state, cost } = deserialize(snapshot);
  return { state: restoreTraining(state), cost };
}

/** Test and validation scores in evaluation mode, losses at temperature 1. */
async function evaluate(model: Model, weights: Weights, data: ImageData): Promise<Scores> {
  const { classes } = model;
  const testLogits = await predictLogits(model, weights, data.testSet);
  const test = classificationMetrics(testLogits, data.labels.test, classes);
  const validationLogits = await predictLogits(model, weights, data.validationSet);
  const validation = classificationMetrics(validationLogits, data.labels.validation, classes);
  const teacher = teacherMetrics(validationLogits, data.validationTeacherLogits, classes);
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
