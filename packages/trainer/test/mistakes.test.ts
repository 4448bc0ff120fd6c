import { gradientDescent, metaparameterSpace, mixed, sgd } from '@metadistill/hypergrad';
import { quadraticProblem, testMistakes } from '@metadistill/testing';
import { always } from '@metadistill/trajectory';
import { tensor1d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import * as exported from '../src/index.js';

testMistakes(exported, [
  'constantBatch',
  'disposeTrainingState',
  'restoreTraining',
  'snapshotTraining',
  'summarizeMetaparameters',
]);

const problem = quadraticProblem({ A: [[1]], C: [[1]], a: [0], F: [[1]], f: [-1], h: [0] });
const meta = {
  method: mixed(),
  optimizer: gradientDescent({ learningRate: 1 }),
  validationBatches: exported.constantBatch(null),
  controller: always(),
  space: metaparameterSpace({ x0: { bounds: [-10, 10] } }),
};
const options = {
  problem,
  trainingBatches: exported.constantBatch(null),
  iterations: 1,
  optimizer: sgd(),
  learningRate: () => 0.1,
  start: exported.startTraining({
    weights: { parameters: [tensor1d([1])], statistics: [] },
    optimizer: sgd(),
    metaparameters: { x0: 0 },
  }),
  meta,
};
const firstStep = (given: object) => exported.train({ ...options, ...given } as never).next();
const makePart = () => ({});

test.each(Object.keys(options).filter((name) => name !== 'learningRate' && name !== 'meta'))(
  'train refuses %s that is left out, or a factory that was not called',
  async (name) => {
    await expect(firstStep({ [name]: undefined })).rejects.toThrow(`train: ${name} is undefined; expected a`);
    await expect(firstStep({ [name]: makePart })).rejects.toThrow(
      `train: ${name} is function makePart; expected a`,
    );
  },
);

test.each(Object.keys(meta))('train refuses meta.%s that is left out, or was not called', async (name) => {
  for (const [part, words] of [
    [undefined, 'undefined'],
    [makePart, 'function makePart'],
  ]) {
    const given = { meta: { ...meta, [name as string]: part } };
    await expect(firstStep(given)).rejects.toThrow(`train: meta.${name} is ${words}; expected a`);
  }
});

test('train refuses a learning rate that is no schedule, and takes it all if nothing is wrong', async () => {
  await expect(firstStep({ learningRate: 0.1 })).rejects.toThrow(
    'train: learningRate is 0.1; expected a function of the iteration. Pass a constant as () => 0.1.',
  );
  expect((await firstStep({})).value).toHaveProperty('trainingLoss');
});
