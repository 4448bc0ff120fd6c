import { torchRandom } from '@metadistill/datasets';
import type { LogitBatch } from '@metadistill/hypergrad';
import { logitProblem, sgd } from '@metadistill/hypergrad';
import { crossEntropy } from '@metadistill/losses';
import { disposeWeights, logisticRegression, type Weights } from '@metadistill/models';
import { constantBatch, startTraining, train } from '@metadistill/trainer';
import type { SyntheticConfig } from './config.js';

export const teacherModel = logisticRegression({ inputs: 3, classes: 2 });

/** Trains the paper's teacher by full-batch gradient descent; the weights belong to the caller. */
export async function trainTeacher(batch: LogitBatch, config: SyntheticConfig): Promise<Weights> {
  const optimizer = sgd();
  const weights = teacherModel.initialize(torchRandom(config.seed).uniform);
  let trained = weights;
  for await (const { state } of train({
    problem: logitProblem({
      model: teacherModel,
      trainingLoss: crossEntropy(),
      validationLoss: crossEntropy(),
    }),
    trainingBatches: constantBatch(batch),
    iterations: config.teacherIterations,
    optimizer,
    learningRate: () => config.teacherLearningRate,
    start: startTraining({ weights, optimizer, metaparameters: {} }),
  })) {
    trained = state.weights;
  }
  if (trained !== weights) disposeWeights(weights);
  return trained;
}
