import { attentionTransfer, composeLoss, crossEntropy, distillation, hint } from '@metadistill/losses';
import { batchNorm, conv2d, dense, flatten, maxPool2d, model, relu } from '@metadistill/models';
import { centralDifference, expectNoLeak, inFloat64, relativeError, toNumbers } from '@metadistill/testing';
import { dispose, type Tensor, tensor, tensor1d, type tensor2d, tidy } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { hypergradient } from '../hypergradient.js';
import { momentum } from '../inner/momentum.js';
import { mixed } from '../methods/mixed.js';
import { unrolled } from '../methods/unrolled.js';
import { innerStep } from '../step/inner-step.js';
import type { InnerPoint } from '../types.js';
import { verifyHypergradient } from '../verify/verify-hypergradient.js';
import { composedProblem } from './composed-problem.js';
import { logitProblem } from './logit-problem.js';

const student = model({
  name: 'student',
  inputShape: [6, 6, 1],
  classes: 3,
  layers: [
    conv2d({ inputs: 1, outputs: 2, kernelSize: 3 }),
    batchNorm({ channels: 2 }),
    relu(),
    maxPool2d({ poolSize: 2 }),
    flatten(),
    dense({ name: 'hidden', inputs: 8, outputs: 4 }),
    relu(),
    dense({ name: 'last', inputs: 4, outputs: 3 }),
  ],
});
const trainingLoss = composeLoss({
  terms: [
    { name: 'labels', loss: crossEntropy(), weight: 1 },
    { name: 'logits', loss: distillation({ scaling: 'squared' }), weight: 'logitWeight' },
    {
      name: 'hidden',
      featureLoss: hint(),
      studentLayer: 'hidden',
      teacherLayer: 'wide',
      adapter: 'widen',
      weight: 'hiddenWeight',
    },
    {
      name: 'attention',
      featureLoss: attentionTransfer({ convention: 'paper' }),
      studentLayer: 'maxPool2d',
      teacherLayer: 'blocks',
      weight: 'attentionWeight',
    },
  ],
});
const problem = composedProblem({
  model: student,
  layers: ['maxPool2d', 'hidden'],
  adapters: ['widen'],
  trainingLoss,
  validationLoss: crossEntropy(),
  hessianRadius: 1e-6, // steps over no kink
});
const metaparameters = { logitWeight: 0.7, hiddenWeight: 0.4, attentionWeight: 2, temperature: 3 };

const scattered = (shape: readonly number[], seed: number): Tensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Array.from({ length: size }, (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * seed)),
    [...shape],
  );
};
const batch = (size: number, seed: number) => ({
  inputs: scattered([size, 6, 6, 1], seed),
  labels: tensor1d(
    Array.from({ length: size }, (_, i) => (i * 7 + seed) % 3),
    'int32',
  ),
  teacherLogits: scattered([size, 3], seed + 20) as ReturnType<typeof tensor2d>,
  teacherFeatures: { wide: scattered([size, 5], seed + 30), blocks: scattered([size, 2, 2, 3], seed + 40) },
});
const optimizer = momentum({ momentum: 0.5 });
const pointAt = () => {
  const own = student.parameters.map(({ shape }, i) => scattered(shape, 60 + i));
  const parameters = [...own, scattered([4, 5], 80)];
  const statistics = student.statistics.map(({ shape }) => scattered(shape, 90));
  return {
    weights: { parameters, statistics },
    metaparameters,
    optimizer,
    optimizerState: optimizer.initialize(parameters),
    learningRate: 0.2,
  };
};

test.each([mixed({ via: 'jvp' }), mixed({ via: 'vjp' }), unrolled({ steps: 2 })])(
  '$name is the float64 difference by weights of features, of logits and by the temperature',
  async (method) => {
    await inFloat64(async () => {
      const point = pointAt();
      const [training, validation] = [batch(8, 1), batch(7, 2)];
      const { gradient } = await hypergradient({
        problem,
        point,
        trainingBatch: training,
        validationBatch: validation,
        method,
      });
      const afterSteps = (values: number[]): number => {
        let value = Number.NaN;
        tidy(() => {
          const at = Object.fromEntries(problem.metaparameters.map((name, j) => [name, values[j]!]));
          let here: InnerPoint<string> = { ...point, metaparameters: at };
          for (let k = 0; k <= (method.lookahead ?? 0); k++) {
            here = { ...here, ...innerStep(here, problem.training(here.weights, training)).next };
          }
          [value] = toNumbers(problem.validation(here.weights, validation, at).value) as [number];
        });
        return value;
      };
      const at = problem.metaparameters.map((name) => metaparameters[name as keyof typeof metaparameters]);
      const expected = centralDifference(afterSteps, at);
      expect(expected.every((slope) => Math.abs(slope) > 1e-6)).toBe(true);
      expect(
        relativeError(
          problem.metaparameters.map((name) => gradient[name] as number),
          expected,
        ),
      ).toBeLessThan(1e-6);
    });
  },
);

test('passes verification, and leaves no tensor', async () => {
  const point = pointAt();
  const [training, validation] = [batch(32, 1), batch(64, 2)];
  await expectNoLeak(async () => {
    const { checks } = await verifyHypergradient({
      problem,
      point,
      trainingBatch: training,
      validationBatch: validation,
    });
    expect(checks.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect(checks.find(({ name }) => name === 'adjoint gap')?.verdict).toBe('pass');
  });
  dispose([...point.weights.parameters, ...point.weights.statistics, ...point.optimizerState]);
});

test('however many weights there are, one forward-mode pass serves them all', async () => {
  const point = pointAt();
  const { cost } = await hypergradient({
    problem,
    point,
    trainingBatch: batch(8, 1),
    validationBatch: batch(7, 2),
    method: mixed(),
  });
  expect(cost).toEqual({ forwards: 2, backwards: 2, jvps: 1 });
});

test('parameters without the weight of an adapter are refused', async () => {
  const { weights, ...point } = pointAt();
  const run = hypergradient({
    problem,
    point: { ...point, weights: { ...weights, parameters: weights.parameters.slice(0, -1) } },
    trainingBatch: batch(8, 1),
    validationBatch: batch(7, 2),
    method: mixed(),
  });
  await expect(run).rejects.toThrow(
    'composedProblem: weights.parameters has 8 tensors; expected 8 of student and 1 of adapters. ' +
      'Append the weight of each adapter, in the order of adapters.',
  );
});

test('a composed loss and one of logits are not taken for each other', () => {
  const layers = ['hidden'];
  const validationLoss = crossEntropy();
  expect(() =>
    composedProblem({ model: student, layers, trainingLoss: crossEntropy() as never, validationLoss }),
  ).toThrow('composedProblem: trainingLoss is { name, ');
  expect(() => logitProblem({ model: student, trainingLoss: trainingLoss as never, validationLoss })).toThrow(
    'logitProblem: trainingLoss is { metaparameters, ',
  );
});
