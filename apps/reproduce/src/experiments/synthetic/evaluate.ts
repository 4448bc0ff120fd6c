import type { LogitBatch } from '@metadistill/hypergrad';
import { crossEntropy } from '@metadistill/losses';
import type { Model, Weights } from '@metadistill/models';
import { argMax, equal, mean, type Scalar, tidy } from '@tensorflow/tfjs-core';
import type { Scores } from '../measured-training.js';
import type { SyntheticData } from './data.js';

/** Accuracies and losses of a student; the test loss is at temperature 1. */
export function evaluate(
  model: Model,
  weights: Weights,
  data: SyntheticData,
  validationTemperature: number,
): Scores {
  const test = score(model, weights, data.test, 1);
  const validation = score(model, weights, data.validation, validationTemperature);
  return {
    testAccuracy: test.accuracy,
    testLoss: test.loss,
    validationAccuracy: validation.accuracy,
    validationLoss: validation.loss,
  };
}

const score = (model: Model, weights: Weights, batch: LogitBatch, temperature: number) =>
  tidy(() => {
    const logits = model.predict(weights, batch.inputs);
    const accuracy = mean(equal(argMax(logits, 1), batch.labels)) as Scalar;
    const { value } = crossEntropy({ temperature }).valueAndGradient(logits, batch, {});
    return { accuracy: accuracy.dataSync()[0] as number, loss: value.dataSync()[0] as number };
  });
