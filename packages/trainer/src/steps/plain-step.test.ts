import {
  type BilevelProblem,
  forwardMode,
  gradientDescent,
  metaparameterSpace,
  sgd,
} from '@metadistill/hypergrad';
import { expectNoLeak, quadraticProblem, toNumbers } from '@metadistill/testing';
import { always } from '@metadistill/trajectory';
import { dispose, tensor1d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { constantBatch } from '../batches/constant-batch.js';
import { startTraining } from '../state/start-training.js';
import { disposeTrainingState } from '../state/training-state.js';
import type { TrainOptions } from '../types.js';
import { plainStep } from './plain-step.js';
import { discard } from './step.js';

// L = ½ z² + x z, so a step of gradient descent is z <- z − γ (z + x).
const problem = quadraticProblem({ A: [[1]], C: [[1]], a: [0], F: [[1]], f: [-1], h: [0] }) as BilevelProblem<
  string,
  null
>;
const startAt = (z: number) =>
  startTraining<string>({
    weights: { parameters: [tensor1d([z])], statistics: [] },
    optimizer: sgd(),
    metaparameters: { x0: 0.2 },
  });
const optionsAt = (z: number): TrainOptions<string, null> => ({
  problem,
  trainingBatches: constantBatch(null),
  iterations: 1,
  optimizer: sgd(),
  learningRate: (iteration) => 0.5 + iteration,
  start: startAt(z),
});

test('steps at the metaparameters that it is given, at the learning rate of its iteration', async () => {
  await expectNoLeak(async () => {
    const options = optionsAt(1);
    const step = await plainStep(options, options.start, null, { x0: 0.6 });
    // z = 1 − 0.5 (1 + 0.6), from L = 0.5 + 0.6
    expect(toNumbers(step.next.weights.parameters[0]!)[0]).toBeCloseTo(0.2, 6);
    expect(step.trainingLoss).toBeCloseTo(1.1, 6);
    expect(step.metaparameters).toEqual({ x0: 0.6 });
    expect(step.cost).toEqual({ forwards: 1, backwards: 1, jvps: 0 });
    discard(step.next);
    disposeTrainingState(options.start);
  });
});

test('moves the tangents of a method that carries some', async () => {
  await expectNoLeak(async () => {
    const options: TrainOptions<string, null> = {
      ...optionsAt(1),
      meta: {
        method: forwardMode({ decay: 1 }),
        optimizer: gradientDescent({ learningRate: 1 }),
        validationBatches: constantBatch(null),
        controller: always(),
        space: metaparameterSpace<string>({ x0: { bounds: [-10, 10] } }),
      },
    };
    // dz/dx <- (1 − γ) dz/dx − γ
    const carried = [tensor1d([-0.5])];
    const step = await plainStep(options, { ...options.start, methodState: carried }, null, { x0: 0.2 });
    expect(step.next.methodState.map(toNumbers)).toEqual([[-0.75]]);
    discard(step.next);
    dispose(carried);
    disposeTrainingState(options.start);
  });
});

test('stops at a loss that is not finite, names it, and leaves no tensor', async () => {
  await expectNoLeak(async () => {
    const options = optionsAt(1e30);
    await expect(plainStep(options, options.start, null, { x0: 0.2 })).rejects.toThrow(
      'train: the training loss is Infinity at iteration 0, with x0 0.2; expected a finite number.',
    );
    disposeTrainingState(options.start);
  });
});
