import { convexMix, crossEntropy } from '@metadistill/losses';
import { logisticRegression } from '@metadistill/models';
import { testMistakes } from '@metadistill/testing';
import { tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import * as exported from '../src/index.js';

// Everything else that is exported makes a part from options, or from other parts.
testMistakes(exported, [
  'addCosts',
  'describeMetaparameters',
  'firstNotFinite',
  'formatHypergradientReport',
  'forwardEquivalents',
  'innerStep',
  'metaparameterLayout',
  'operationCosts',
  'readHypergradient',
  'readScalars',
  'timesCost',
]);

const model = logisticRegression({ inputs: 2, classes: 3 });
const problem = exported.logitProblem({
  model,
  trainingLoss: convexMix({ scaling: 'none' }),
  validationLoss: crossEntropy(),
});
const batch = (labels: number[]) => ({
  inputs: tensor2d([1, 2, 3, 4], [2, 2]),
  labels: tensor1d(labels, 'int32'),
  teacherLogits: tensor2d([1, 0, 0, 0, 1, 0], [2, 3]),
});
const point = {
  weights: { parameters: model.parameters.map(({ shape }) => zeros([...shape])), statistics: [] },
  metaparameters: { distillationFraction: 0.5, temperature: 2 },
  optimizer: exported.sgd(),
  optimizerState: [],
  learningRate: 0.1,
};
const options = {
  problem,
  point,
  trainingBatch: batch([0, 2]),
  validationBatch: batch([1, 0]),
  method: exported.mixed(),
};

test.each<[object, string]>([
  [{ method: exported.mixed }, 'method is function mixed; expected a hypergradient method. Pass mixed()'],
  [{ problem: exported.logitProblem }, 'problem is function logitProblem; expected a problem.'],
  [{ problem: model }, 'problem is { name, inputShape, parameters, statistics, … }; expected a problem.'],
  [{ point: undefined }, 'point is undefined; expected a point. Pass { weights, metaparameters, optimizer,'],
  [
    { point: { ...point, optimizer: exported.sgd } },
    'point.optimizer is function sgd; expected an inner optimizer.',
  ],
  [{ point: { ...point, weights: undefined } }, 'point.weights is undefined; expected weights.'],
  [
    { point: { ...point, metaparameters: undefined } },
    'point.metaparameters is undefined; expected an object',
  ],
  [{ trainingBatch: undefined }, 'trainingBatch is undefined; expected a batch. Pass { inputs, labels }'],
  [
    { trainingBatch: batch([0, 3]) },
    'the label of row 1 of trainingBatch is 3; expected an integer, 0 to 2.',
  ],
  [
    { validationBatch: batch([-1, 0]) },
    'the label of row 0 of validationBatch is -1; expected an integer, 0 to 2.',
  ],
])('hypergradient refuses mistake %#', async (mistake, message) => {
  await expect(exported.hypergradient({ ...options, ...mistake })).rejects.toThrow(
    `hypergradient: ${message}`,
  );
});

test('the same call without a mistake is answered', async () => {
  expect((await exported.hypergradient(options)).gradient.temperature).toBeTypeOf('number');
});

test.each([
  ['withWeightDecay', () => exported.withWeightDecay({ optimizer: exported.sgd as never, weightDecay: 1 })],
  [
    'logitProblem',
    () => exported.logitProblem({ model, trainingLoss: convexMix as never, validationLoss: crossEntropy() }),
  ],
  ['implicit', () => exported.implicit({ solver: exported.conjugateGradient as never })],
])('%s refuses a factory that was not called', (name, call) => {
  expect(call).toThrow(new RegExp(`^${name}: \\w+ is function \\w+; expected `));
});
