import { convexMix, crossEntropy } from '@metadistill/losses';
import {
  batchNorm,
  dense,
  disposeWeights,
  dotTensors,
  logisticRegression,
  model,
  relu,
} from '@metadistill/models';
import { centralDifference, countingModel, inFloat64, relativeError, toNumbers } from '@metadistill/testing';
import { fill, reshape, tensor, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LinearBatch, linearStudentHypergradient } from '../test/linear-student.js';
import { forwardEquivalents } from './cost.js';
import { hypergradient } from './hypergradient.js';
import { momentum } from './inner/momentum.js';
import { sgd } from './inner/sgd.js';
import { logitProblem } from './logit-problem.js';
import { finiteDifference } from './methods/finite-difference.js';
import { forwardMode } from './methods/forward-mode.js';
import { implicit } from './methods/implicit.js';
import { innerStep } from './methods/inner-step.js';
import { mixed } from './methods/mixed.js';
import { unrolled } from './methods/unrolled.js';
import type { HypergradientMethod, InnerPoint } from './types.js';

const scattered = (count: number, seed: number) =>
  Array.from({ length: count }, (_, i) => 2 * Math.sin(3.7 * i + 5.3 * seed));
const rows = (count: number, columns: number, seed: number) =>
  Array.from({ length: count }, (_, i) => scattered(columns, seed + i));

const linearBatch = (size: number, seed: number): LinearBatch => ({
  X: rows(size, 3, seed),
  teacher: rows(size, 4, seed + 50),
  labels: Array.from({ length: size }, (_, i) => (i * 7 + seed) % 4),
});

const toTensors = ({ X, teacher, labels }: LinearBatch) => ({
  inputs: tensor2d(X.map((row) => [...row])),
  teacherLogits: tensor2d(teacher.map((row) => [...row])),
  labels: tensor1d([...labels], 'int32'),
});

describe('a linear student', () => {
  const problem = logitProblem({
    model: logisticRegression({ inputs: 3, classes: 4 }),
    trainingLoss: convexMix({ scaling: 'none' }),
    validationLoss: crossEntropy(),
  });
  const [training, validation] = [linearBatch(6, 1), linearBatch(5, 9)];
  const W = rows(3, 4, 20);
  const b = scattered(4, 30);
  const run = async (metaparameters: { distillationFraction: number; temperature: number }) => {
    const weights = { parameters: [tensor2d(W), tensor1d(b)], statistics: [] };
    const point = { weights, metaparameters, optimizer: sgd(), optimizerState: [], learningRate: 0.5 };
    const result = await hypergradient(problem, point, toTensors(training), toTensors(validation), mixed());
    return Object.values(result.gradient);
  };

  test('has the hypergradient of its formula, to 1e-6 in float64 and 1e-4 in float32', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.2, max: 10, noNaN: true }),
        async (distillationFraction, temperature) => {
          const metaparameters = { distillationFraction, temperature };
          const expected = Object.values(
            linearStudentHypergradient({ W, b }, training, validation, metaparameters, 0.5),
          );
          const double = await inFloat64(() => run(metaparameters));
          expect(relativeError(double, expected)).toBeLessThan(1e-6);
          expect(relativeError(await run(metaparameters), expected)).toBeLessThan(1e-4);
        },
      ),
      { numRuns: 20 },
    );
  });
});

const net = () =>
  model({
    name: 'net',
    inputShape: [3],
    classes: 4,
    layers: [
      dense({ inputs: 3, outputs: 6 }),
      batchNorm({ channels: 6 }),
      relu(),
      dense({ inputs: 6, outputs: 4 }),
    ],
  });

const metaparameters = { distillationFraction: 0.4, temperature: 2 };

const problemOf = (of = net(), hessianRadius = 0.01) =>
  logitProblem({
    model: of,
    trainingLoss: convexMix({ scaling: 'none' }),
    validationLoss: crossEntropy(),
    hessianRadius,
  });

const initialize = () => {
  let i = 0;
  return net().initialize((low, high) => low + (high - low) * (0.5 + 0.5 * Math.sin(1.7 * i++)));
};

/** What one call costs in forward passes, for the two metaparameters of the paper. */
const methods: [HypergradientMethod, { forwards: number; backwards: number; jvps: number }, number][] = [
  // The forward at w serves the step and the product; with the step taken as the real one this is 8 / 3 plain steps.
  [mixed({ via: 'jvp' }), { forwards: 2, backwards: 2, jvps: 1 }, 8],
  [mixed({ via: 'vjp' }), { forwards: 2, backwards: 4, jvps: 0 }, 10],
  [finiteDifference(), { forwards: 4, backwards: 2, jvps: 0 }, 8],
  // K (F + B) and V's F + B, K products with ∂²L/∂w∂λ, and K − 1 with the Hessian, each 2 (F + B).
  [unrolled({ steps: 1 }), { forwards: 2, backwards: 2, jvps: 1 }, 8],
  [unrolled({ steps: 3 }), { forwards: 4 + 2 * 2, backwards: 4 + 2 * 2, jvps: 3 }, 11 * 3 - 3],
  [unrolled({ steps: 3, truncate: 1 }), { forwards: 4, backwards: 4, jvps: 1 }, 14],
  // m = 2 derivatives ∂²L/∂w∂λ_j and m products with the Hessian.
  [forwardMode({ decay: 0.5 }), { forwards: 2 + 4, backwards: 2 + 2 + 4, jvps: 0 }, 6 + 8 * 2],
  [implicit({ solver: 'identity' }), { forwards: 2, backwards: 2, jvps: 1 }, 8],
  [
    implicit({ solver: 'conjugateGradient', iterations: 5 }),
    { forwards: 12, backwards: 12, jvps: 1 },
    8 + 6 * 5,
  ],
  [implicit({ solver: 'neumann', iterations: 5 }), { forwards: 12, backwards: 12, jvps: 1 }, 8 + 6 * 5],
  [implicit({ solver: 'fixedPoint', iterations: 5 }), { forwards: 12, backwards: 12, jvps: 1 }, 8 + 6 * 5],
];

test.each(methods)('$name reports the passes that it makes', async (method, expected, inForwards) => {
  const { model: counted, passes } = countingModel(net());
  const weights = initialize();
  const point = { weights, metaparameters, optimizer: sgd(), optimizerState: [], learningRate: 0.1 };
  const [training, validation] = [toTensors(linearBatch(6, 1)), toTensors(linearBatch(5, 9))];
  const { cost } = await hypergradient(problemOf(counted), point, training, validation, method);
  expect(cost).toEqual(expected);
  expect(passes()).toEqual(expected);
  expect(forwardEquivalents(cost)).toBe(inForwards);
  disposeWeights(weights);
});

describe('a training point', () => {
  test('has products along a direction that are those with the mixed derivatives', () => {
    tidy(() => {
      const weights = initialize();
      const point = problemOf().training(weights, toTensors(linearBatch(6, 1)));
      const direction = weights.parameters.map((p, i) => reshape(tensor1d(scattered(p.size, i)), p.shape));
      const byJvp = toNumbers(point.mixedProduct!(metaparameters, direction));
      const byVjp = point
        .mixedDerivatives(metaparameters)
        .map((derivative) => toNumbers(dotTensors(derivative, direction))[0]!);
      expect(relativeError(byJvp, byVjp)).toBeLessThan(1e-5); // float32 sums of some 60 products
    });
  });

  test('has a Hessian that is symmetric, with batch norm in training', async () => {
    const start = initialize();
    const values = start.parameters.map((parameter) => ({
      numbers: toNumbers(parameter),
      shape: parameter.shape,
    }));
    await inFloat64(() =>
      tidy(() => {
        const parameters = values.map(({ numbers, shape }) => tensor(numbers, shape));
        const statistics = [0, 1].map((value) => fill([6], value));
        const weights = { parameters, statistics };
        const point = problemOf().training(weights, toTensors(linearBatch(6, 1)));
        const along = (seed: number) =>
          weights.parameters.map((p, i) => reshape(tensor1d(scattered(p.size, seed + i)), p.shape));
        const [a, c] = [along(1), along(40)];
        const product = (d: typeof a, e: typeof a) =>
          toNumbers(dotTensors(point.hessianVectorProduct(metaparameters, d), e))[0]!;
        // The difference of radius 0.01 is off by its square times a fourth derivative.
        expect(Math.abs(product(a, c) - product(c, a))).toBeLessThan(1e-3 * Math.abs(product(a, c)));
      }),
    );
    disposeWeights(start);
  });
});

test('an unroll of a network with batch norm and ReLU is exact where its kinks are not stepped over', async () => {
  const start = initialize();
  const values = start.parameters.map((parameter) => ({
    numbers: toNumbers(parameter),
    shape: parameter.shape,
  }));
  disposeWeights(start);
  const optimizer = momentum({ momentum: 0.5 });
  await inFloat64(async () => {
    const problem = problemOf(net(), 1e-6);
    const parameters = values.map(({ numbers, shape }) => tensor(numbers, shape));
    const weights = { parameters, statistics: [0, 1].map((value) => fill([6], value)) };
    const optimizerState = optimizer.initialize(parameters);
    const at = { weights, metaparameters, optimizer, optimizerState, learningRate: 0.2 };
    const [training, validation] = [toTensors(linearBatch(6, 1)), toTensors(linearBatch(5, 9))];
    const after3Steps = ([distillationFraction, temperature]: number[]): number => {
      let point: InnerPoint<'distillationFraction' | 'temperature'> = {
        ...at,
        metaparameters: { distillationFraction: distillationFraction!, temperature: temperature! },
      };
      for (let k = 0; k < 3; k++) {
        point = { ...point, ...innerStep(point, problem.training(point.weights, training)).next };
      }
      return toNumbers(problem.validation(point.weights, validation, point.metaparameters).value)[0]!;
    };
    const { gradient } = await hypergradient(problem, at, training, validation, unrolled({ steps: 3 }));
    const expected = centralDifference(after3Steps, Object.values(metaparameters));
    // Differences with steps of 1e-6 and 1e-5 in float64.
    expect(relativeError(Object.values(gradient), expected)).toBeLessThan(1e-6);
  });
});

test('a batch of one under batch norm is refused', async () => {
  const weights = initialize();
  const point = { weights, metaparameters, optimizer: sgd(), optimizerState: [], learningRate: 0.1 };
  const [one, many] = [toTensors(linearBatch(1, 1)), toTensors(linearBatch(5, 9))];
  const message = 'input has shape [1, 6], 1 value a channel; expected at least 2 in training.';
  await expect(hypergradient(problemOf(), point, one, many, mixed())).rejects.toThrow(message);
  await expect(hypergradient(problemOf(), point, many, one, mixed())).rejects.toThrow(message);
  disposeWeights(weights);
});

test('a loss without metaparameters is refused', async () => {
  const weights = initialize();
  const problem = logitProblem({
    model: net(),
    trainingLoss: crossEntropy(),
    validationLoss: crossEntropy(),
  });
  const point = { weights, metaparameters: {}, optimizer: sgd(), optimizerState: [], learningRate: 0.1 };
  const batch = toTensors(linearBatch(5, 9));
  await expect(hypergradient(problem, point, batch, batch, mixed())).rejects.toThrow(
    'hypergradient: problem.metaparameters is []; expected at least one name. ' +
      'Choose a training loss that depends on a metaparameter, such as convexMix.',
  );
  disposeWeights(weights);
});

test('inputs of another shape are refused by the name of the model', async () => {
  const weights = initialize();
  const point = { weights, metaparameters, optimizer: sgd(), optimizerState: [], learningRate: 0.1 };
  const batch = toTensors(linearBatch(5, 9));
  const wide = { ...batch, inputs: tensor2d(rows(5, 4, 1)) };
  await expect(hypergradient(problemOf(), point, wide, batch, mixed())).rejects.toThrow(
    'net: inputs has shape [5, 4]; expected [batch, 3].',
  );
  disposeWeights(weights);
});
