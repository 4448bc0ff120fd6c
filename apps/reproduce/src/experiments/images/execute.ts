import { selectBackend } from '@metadistill/backend';
import { torchRandom } from '@metadistill/datasets';
import {
  addCosts,
  type Cost,
  forwardEquivalents,
  type LogitBatch,
  logitProblem,
  sgd,
} from '@metadistill/hypergrad';
import { classificationMetrics, crossEntropy } from '@metadistill/losses';
import { disposeWeights, type Model, type Weights } from '@metadistill/models';
import {
  disposeTrainingState,
  predictLogits,
  startTraining,
  type TrainingState,
  train,
} from '@metadistill/trainer';
import type { Protocol, RunContext, RunSpec } from '../../experiment.js';
import { drawMetaparameters, type MetaparameterName } from '../draw-metaparameters.js';
import { metaOptimization } from '../meta-optimization.js';
import { type MethodKind, methodOf } from '../methods.js';
import { publishedLoss } from '../published-loss.js';
import type { ImageConfig } from './config.js';
import { type ImageData, type ImageSource, imageData } from './data.js';

/** One run of an image experiment: trains the student, and emits an evaluation after every epoch. */
export async function execute(
  spec: RunSpec<ImageConfig>,
  context: RunContext,
  model: Model,
  load: () => Promise<ImageSource>,
): Promise<void> {
  const { config, protocol, run } = spec;
  const method = methodOf(spec.method) as MethodKind;
  const backend = await selectBackend({ prefer: spec.backend });
  const data = imageData(await load(), config, protocol, method, run);
  const seed = config.seed + run;
  context.begin({ backend, seed });
  const { batchesPerEpoch } = data.training;
  const optimizer = sgd();
  const learningRate = (iteration: number): number =>
    config.learningRate *
    config.learningRateDecayFactor **
      Math.floor(Math.floor(iteration / batchesPerEpoch) / config.learningRateDecayEpochs);
  const weights = model.initialize(torchRandom(seed).uniform);
  const meta =
    method.kind === 'gradient' &&
    metaOptimization(
      method,
      config,
      protocol,
      data.validation,
      scheduleOf(protocol, config, batchesPerEpoch),
    );
  const iterations = config.epochs * batchesPerEpoch;
  let cost: Cost = { forwards: 0, backwards: 0, jvps: 0 };
  let last: TrainingState<MetaparameterName> | undefined;
  try {
    for await (const report of train<MetaparameterName, LogitBatch>({
      problem: logitProblem({
        model,
        trainingLoss: publishedLoss(),
        validationLoss: crossEntropy({ temperature: config.validationTemperature }),
      }),
      trainingBatches: data.training,
      iterations,
      optimizer,
      learningRate,
      start: startTraining(weights, optimizer, startMetaparameters(method, config.seed, run)),
      signal: context.signal,
      ...(meta && { meta }),
    })) {
      last = report.state;
      cost = addCosts(cost, report.cost);
      const iteration = report.iteration + 1;
      context.progress(iteration, iterations);
      if (iteration % batchesPerEpoch !== 0) continue;
      context.emit({
        epoch: iteration / batchesPerEpoch - 1,
        iteration,
        ...(await evaluate(model, last.weights, data)),
        ...report.metaparameters,
        forwardEquivalents: forwardEquivalents(cost),
      });
    }
  } finally {
    disposeWeights(weights);
    if (last) disposeTrainingState(last);
  }
}

const startMetaparameters = (method: MethodKind, seed: number, run: number) =>
  method.kind === 'fixed'
    ? { distillationFraction: method.distillationFraction, temperature: method.temperature }
    : drawMetaparameters(seed, run);

/**
 * The authors' code counts blocks of gradient iterations from 0 in each epoch, and looks ahead by the initial learning
 * rate for ever. Corrected, blocks run on and the look-ahead is the step that is taken.
 */
const scheduleOf = (protocol: Protocol, { learningRate }: ImageConfig, batchesPerEpoch: number) =>
  protocol === 'published' ? { restartEvery: batchesPerEpoch, virtualLearningRate: learningRate } : {};

/** Test and validation scores in evaluation mode, losses at temperature 1. */
async function evaluate(model: Model, weights: Weights, data: ImageData) {
  const score = async (batches: ImageData['testSet'], labels: Int32Array) =>
    classificationMetrics(await predictLogits(model, weights, batches), labels, model.classes);
  const test = await score(data.testSet, data.labels.test);
  const validation = await score(data.validationSet, data.labels.validation);
  return {
    testAccuracy: test.accuracy,
    testLoss: test.negativeLogLikelihood,
    validationLoss: validation.negativeLogLikelihood,
  };
}
