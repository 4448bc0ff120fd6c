import { logisticRegression } from '@metadistill/models';
import { expectNoLeak } from '@metadistill/testing';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { miniBatches } from './batches/mini-batches.js';
import { predictLogits } from './predict-logits.js';

test('stacks the logits of all batches in the order of the data set', async () => {
  const dataset = {
    name: 'three numbers',
    examples: Float32Array.from([1, 2, 3]),
    exampleShape: [1],
    labels: Int32Array.from([0, 1, 0]),
    classes: 2,
  };
  const weights = { parameters: [tensor2d([[1, -1]]), tensor1d([0, 10])], statistics: [] };
  await expectNoLeak(async () => {
    const model = logisticRegression({ inputs: 1, classes: 2 });
    const logits = await predictLogits(model, weights, miniBatches({ dataset, batchSize: 2 }));
    expect(Array.from(logits)).toEqual([1, 9, 2, 8, 3, 7]);
  });
});
