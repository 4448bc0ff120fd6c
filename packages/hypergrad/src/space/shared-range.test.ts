import { crossEntropy, groupedTemperature } from '@metadistill/losses';
import { disposeWeights, logisticRegression } from '@metadistill/models';
import { relativeError } from '@metadistill/testing';
import { dispose, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { hypergradient } from '../hypergradient.js';
import { sgd } from '../inner/sgd.js';
import { mixed } from '../methods/mixed.js';
import { logitProblem } from '../problems/logit-problem.js';
import { verifyHypergradient } from '../verify/verify-hypergradient.js';
import { metaparameterSpace } from './metaparameter-space.js';
import { sharedRange } from './shared-range.js';

const loss = groupedTemperature({ scaling: 'none', by: 'label', count: 3 });
const problem = logitProblem({
  model: logisticRegression({ inputs: 2, classes: 3 }),
  trainingLoss: loss,
  validationLoss: crossEntropy(),
});
const rows = (count: number, columns: number, seed: number) =>
  Array.from({ length: count }, (_, i) =>
    Array.from({ length: columns }, (_, k) => 2 * Math.sin(3.7 * k + 5.3 * (seed + i))),
  );
const batch = (seed: number) => ({
  inputs: tensor2d(rows(9, 2, seed)),
  labels: tensor1d([0, 1, 2, 0, 1, 2, 0, 1, 2], 'int32'),
  teacherLogits: tensor2d(rows(9, 3, seed + 20)),
});

test('a temperature for each class is a vector of metaparameters that share one forward-mode pass', async () => {
  const space = metaparameterSpace(sharedRange(loss.metaparameters, { bounds: [0.1, 10], transform: 'log' }));
  expect(space.names).toEqual(['temperature[0]', 'temperature[1]', 'temperature[2]']);
  const metaparameters = space.value([0, 0.5, 1]);
  const weights = { parameters: [tensor2d(rows(2, 3, 40)), tensor1d([0.1, 0, -0.2])], statistics: [] };
  const point = { weights, metaparameters, optimizer: sgd(), optimizerState: [], learningRate: 1 };
  const [training, validation] = [batch(1), batch(9)];
  const { gradient, cost } = await hypergradient({
    problem,
    point,
    trainingBatch: training,
    validationBatch: validation,
    method: mixed(),
  });
  expect(cost).toEqual({ forwards: 2, backwards: 2, jvps: 1 });
  const { checks, difference } = await verifyHypergradient({
    problem,
    point,
    trainingBatch: training,
    validationBatch: validation,
  });
  expect(checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  const expected = loss.metaparameters.map((name) => difference[name]?.value as number);
  // The difference is good to three or four digits.
  expect(
    relativeError(
      loss.metaparameters.map((name) => gradient[name] as number),
      expected,
    ),
  ).toBeLessThan(5e-3);
  disposeWeights(weights);
  dispose([training, validation] as never);
});
