import { disposeWeights, logisticRegression } from '@metadistill/models';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { scoresOf } from './scores.js';

test('scores the test set and the validation set, each by its own labels and temperature', async () => {
  const model = logisticRegression({ inputs: 1, classes: 2 });
  // Logits (0, x): class 1 where x is positive.
  const weights = { parameters: [tensor2d([[0, 1]]), tensor1d([0, 0])], statistics: [] };
  const set = (labels: number[]) => ({
    inputs: tensor2d([[1], [1], [-1], [-1]]),
    labels: tensor1d(labels, 'int32'),
    teacherLogits: tensor2d([0, 1, 1, 0, 1, 0, 1, 0], [4, 2]),
  });
  const sets = { training: set([0, 0, 0, 0]), validation: set([1, 0, 1, 1]), test: set([1, 1, 0, 1]) };
  const scores = await scoresOf(model, weights, sets, 0.5);
  expect(scores).toMatchObject({
    testAccuracy: 0.75,
    validationAccuracy: 0.25,
    validationTeacherAgreement: 0.75,
  });
  // Mean −log softmax of the label: right by a logit of 1, or wrong by it; of 2 at the temperature 0.5.
  const [right, wrong] = [1, -1].map(
    (margin) => (temperature: number) => Math.log1p(Math.exp(-margin / temperature)),
  );
  expect(scores.testLoss).toBeCloseTo((3 * right!(1) + wrong!(1)) / 4, 6);
  expect(scores.validationLoss).toBeCloseTo((right!(0.5) + 3 * wrong!(0.5)) / 4, 6);
  disposeWeights(weights);
});
