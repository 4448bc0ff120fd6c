import { gradientDescent } from '@metadistill/hypergrad';
import { disposeWeights, logisticRegression } from '@metadistill/models';
import type { Controller } from '@metadistill/trajectory';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { syntheticConfig } from '../../experiments/synthetic/config.js';
import { syntheticSets } from '../../experiments/synthetic/data.js';
import { initialState } from '../../experiments/synthetic/initial-state.js';
import type { MethodKind } from '../../experiments/training/methods.js';
import { chooseBackend } from '../../native/choose-backend.js';
import type { PlainProblem, PlainSet, PlainStart, PlainTuning } from './plain-training.js';
import { bounds } from './predictors.js';

const config = syntheticConfig('corrected');
const method: MethodKind = { kind: 'gradient', hypergradient: 'exact' };
const model = logisticRegression({ inputs: 3, classes: 2 });

/** What the trainings of this study depend on: the corrected protocol's settings, and the seed of the paper's data. */
export const studySettings = {
  seed: config.seed,
  epochs: config.epochs,
  learningRate: config.learningRate,
  metaLearningRate: config.metaLearningRate,
  metaClipValue: config.metaClipValue,
  validationTemperature: config.validationTemperature,
  teacherIterations: config.teacherIterations,
  teacherLearningRate: config.teacherLearningRate,
};

/** The corrected protocol's data for gradient methods with its test set, for the paper's seed or another one. */
export async function plainProblem(seed: number): Promise<PlainProblem & { readonly test: PlainSet }> {
  await chooseBackend({ prefer: 'cpu' });
  const { training, validation, test } = await syntheticSets({ ...config, seed }, 'corrected', method);
  return {
    features: 3,
    classes: 2,
    training: { ...plainSet(training), teacherLogits: plain(training.teacherLogits) },
    validation: plainSet(validation),
    test: plainSet(test),
    validationTemperature: studySettings.validationTemperature,
    learningRate: studySettings.learningRate,
  };
}

/** Where a run of the corrected protocol starts. */
export function plainStart(seed: number, run: number): PlainStart {
  const { weights, metaparameters } = initialState(model, { ...config, seed }, method, 'corrected', run);
  const parts = weights.parameters.map(plain);
  disposeWeights(weights);
  return {
    weights: Float64Array.from(parts.flatMap((part) => [...part])),
    metaparameters: [metaparameters.distillationFraction, metaparameters.temperature],
  };
}

/** The paper's steps of the metaparameters where a controller asks for them, `stepFactor` times as long. */
export const tuningBy = (controller: Controller, stepFactor = 1): PlainTuning => ({
  controller,
  optimizer: gradientDescent({
    learningRate: studySettings.metaLearningRate * stepFactor,
    clipValue: studySettings.metaClipValue,
  }),
  bounds,
});

const plain = (tensor: Tensor): Float64Array => Float64Array.from(tensor.dataSync());

const plainSet = ({ inputs, labels }: { readonly inputs: Tensor; readonly labels: Tensor1D }): PlainSet => ({
  inputs: plain(inputs),
  labels: Int32Array.from(labels.dataSync()),
});
