import type { Dataset } from '@metadistill/datasets';
import type { LogitBatch } from '@metadistill/hypergrad';
import { logisticRegression } from '@metadistill/models';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { syntheticConfig } from '../../../experiments/synthetic/config.js';
import { syntheticSets } from '../../../experiments/synthetic/data.js';
import type { Task, Taught } from './task.js';

const config = syntheticConfig('corrected');

/** The paper's synthetic data: 15 points to train on, in full batches. */
export const synthetic: Task = {
  name: 'synthetic',
  description:
    "the paper's data of the corrected protocol: logistic regression on 15 points, 200 to validate on, 5,000 to test",
  settings: { epochs: config.epochs, batchSize: 15, dataSeed: config.seed },
  async load() {
    const sets = await syntheticSets(config, 'corrected', { kind: 'gradient', hypergradient: 'exact' });
    return {
      student: () => logisticRegression({ inputs: 3, classes: 2 }),
      training: taught('synthetic training', sets.training),
      validation: taught('synthetic validation', sets.validation),
      test: datasetOf('synthetic test', sets.test),
    };
  },
};

const taught = (name: string, batch: LogitBatch & { readonly teacherLogits: Tensor2D }): Taught => ({
  dataset: datasetOf(name, batch),
  teacherLogits: {
    values: batch.teacherLogits.dataSync<'float32'>(),
    examples: batch.teacherLogits.shape[0],
    classes: 2,
  },
});

const datasetOf = (name: string, { inputs, labels }: LogitBatch): Dataset => ({
  name,
  examples: inputs.dataSync<'float32'>(),
  exampleShape: [3],
  labels: labels.dataSync<'int32'>(),
  classes: 2,
});
