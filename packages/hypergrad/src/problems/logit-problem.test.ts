import {
  convexMix,
  crossEntropy,
  type LogitLoss,
  type MixMetaparameter,
  teacherAgreement,
  trustMix,
  weightedSum,
  withFixed,
} from '@metadistill/losses';
import {
  batchNorm,
  dense,
  disposeWeights,
  dotTensors,
  logisticRegression,
  type Model,
  model,
  relu,
} from '@metadistill/models';
import { centralDifference, countingModel, inFloat64, relativeError, toNumbers } from '@metadistill/testing';
import { fill, mul, reshape, tensor, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  linearBatch,
  linearStudentHypergradient,
  linearTensors,
  scattered,
  scatteredRows,
} from '../../test/linear-student.js';
import { forwardEquivalents } from '../cost.js';
import { hypergradient } from '../hypergradient.js';
import { momentum } from '../inner/momentum.js';
import { sgd } from '../inner/sgd.js';
import { finiteDifference } from '../methods/finite-difference.js';
import { forwardMode } from '../methods/forward-mode.js';
import { implicit } from '../methods/implicit.js';
import { mixed } from '../methods/mixed.js';
import { unrolled } from '../methods/unrolled.js';
import { conjugateGradient } from '../solvers/conjugate-gradient.js';
import { fixedPoint } from '../solvers/fixed-point.js';
import { identity } from '../solvers/identity.js';
import { neumann } from '../solvers/neumann.js';
import { innerStep } from '../step/inner-step.js';
import type { HypergradientMethod, InnerPoint } from '../types.js';
import { logitProblem } from './logit-problem.js';

describe('a linear student', () => {
  const problem = logitProblem({
    model: logisticRegression({ inputs: 3, classes: 4 }),
    trainingLoss: convexMix({ scaling: 'none' }),
    validationLoss: crossEntropy(),
  });
  const [training, validation] = [linearBatch(6, 1), linearBatch(5, 9)];
  const W = scatteredRows(3, 4, 20);
  const b = scattered(4, 30);
  const run = async (metaparameters: { distillationFraction: number; temperature: number }) => {
    const weights = { parameters: [tensor2d(W), tensor1d(b)], statistics: [] };
    const point = { weights, metaparameters, optimizer: sgd(), optimizerState: [], learningRate: 0.5 };
    const result = await hypergradient({
      problem,
      point,
      trainingBatch: linearTensors(training),
      validationBatch: linearTensors(validation),
      method: mixed(),
    });
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

const problemOf = (of: Model = net(), hessianRadius = 0.01, trainingLoss = convexMix({ scaling: 'none' })) =>
  logitProblem({ model: of, trainingLoss, validationLoss: crossEntropy(), hessianRadius });

/** A model, or a loss, without its second-order rule. */
const firstOrder = <Rules extends Model>({ secondOrder: _, ...rules }: Rules) => rules;
const { hessianProduct: _, ...firstOrderLoss } = convexMix({ scaling: 'none' });

const initialize = () => {
  let i = 0;
  return net().initialize((low, high) => low + (high - low) * (0.5 + 0.5 * Math.sin(1.7 * i++)));
};

/** What one call costs, and that in forward passes, for the two metaparameters of the paper. */
type Costed = [HypergradientMethod, { forwards: number; backwards: number; jvps: number }, number];

const alike: Costed[] = [
  // The forward at w serves the step and the product; with the step taken as the real one this is 8 / 3 plain steps.
  [mixed({ via: 'jvp' }), { forwards: 2, backwards: 2, jvps: 1 }, 8],
  [mixed({ via: 'vjp' }), { forwards: 2, backwards: 4, jvps: 0 }, 6 + 2 * 2],
  [finiteDifference(), { forwards: 4, backwards: 2, jvps: 0 }, 8],
  [unrolled({ steps: 1 }), { forwards: 2, backwards: 2, jvps: 1 }, 8],
  [unrolled({ steps: 3, truncate: 1 }), { forwards: 4, backwards: 4, jvps: 1 }, 14],
  [implicit({ solver: identity() }), { forwards: 2, backwards: 2, jvps: 1 }, 8],
];
const m = 2;
const iterative = [conjugateGradient, neumann, fixedPoint];
const exact: Costed[] = [
  // K (F + B) and V's F + B, and K − 1 products with the Hessian of 6, whose forward-mode pass serves ∂²L/∂w∂λ as well;
  // of the last product, which no step before asks for, that pass alone.
  [unrolled({ steps: 3 }), { forwards: 4, backwards: 4 + 2 * 2, jvps: 3 }, 9 * 3 - 1],
  [unrolled({ steps: 3, truncate: 2 }), { forwards: 4, backwards: 4 + 2, jvps: 2 }, 12 + 6 + 2],
  // ∂²L/∂w∂λ_j goes back with the product of its tangent.
  [forwardMode({ decay: 0.5 }), { forwards: 2, backwards: 2 + 2 * m, jvps: m }, 6 + 6 * m],
  ...iterative.map(
    (solver): Costed => [
      implicit({ solver: solver({ iterations: 5 }) }),
      { forwards: 2, backwards: 2 + 2 * 5, jvps: 1 + 5 },
      8 + 6 * 5,
    ],
  ),
];
const differenced: Costed[] = [
  // A product with the Hessian is a difference of two gradients, 2 (F + B), and gives nothing but itself.
  [unrolled({ steps: 3 }), { forwards: 4 + 2 * 2, backwards: 4 + 2 * 2, jvps: 3 }, 11 * 3 - 3],
  [forwardMode({ decay: 0.5 }), { forwards: 2 + 2 * m, backwards: 2 + m + 2 * m, jvps: 0 }, 6 + 8 * m],
  ...iterative.map(
    (solver): Costed => [
      implicit({ solver: solver({ iterations: 5 }) }),
      { forwards: 2 + 2 * 5, backwards: 2 + 2 * 5, jvps: 1 },
      8 + 6 * 5,
    ],
  ),
];

describe.each([
  ['has a second-order rule', net(), [...alike, ...exact]],
  ['has none', firstOrder(net()), [...alike, ...differenced]],
] as const)('where the model %s', (_, of, methods) => {
  test.each(methods)('$name reports the passes that it makes', async (method, expected, inForwards) => {
    const { model: counted, passes } = countingModel(of);
    const weights = initialize();
    const point = { weights, metaparameters, optimizer: sgd(), optimizerState: [], learningRate: 0.1 };
    const [training, validation] = [linearTensors(linearBatch(6, 1)), linearTensors(linearBatch(5, 9))];
    const { cost } = await hypergradient({
      problem: problemOf(counted),
      point,
      trainingBatch: training,
      validationBatch: validation,
      method,
    });
    expect(cost).toEqual(expected);
    expect(passes()).toEqual(expected);
    expect(forwardEquivalents(cost)).toBe(inForwards);
    disposeWeights(weights);
  });
});

describe('a training point', () => {
  test('has products along a direction that are those with the mixed derivatives', () => {
    tidy(() => {
      const weights = initialize();
      const point = problemOf().training(weights, linearTensors(linearBatch(6, 1)));
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
        const point = problemOf().training(weights, linearTensors(linearBatch(6, 1)));
        const along = (seed: number) =>
          weights.parameters.map((p, i) => reshape(tensor1d(scattered(p.size, seed + i)), p.shape));
        const [a, c] = [along(1), along(40)];
        const product = (d: typeof a, e: typeof a) =>
          toNumbers(dotTensors(point.hessianVectorProduct(metaparameters, d), e))[0]!;
        expect(Math.abs(product(a, c) - product(c, a))).toBeLessThan(1e-12 * Math.abs(product(a, c)));
      }),
    );
    disposeWeights(start);
  });
});

describe.each([
  // Central differences of V with steps of 1e-5 in float64.
  ['with second-order rules', problemOf(), 1e-7],
  // Logits move by 0.01: a ten-thousandth of fourth derivatives, and no kink of the network.
  ['with a loss that has none', problemOf(net(), 0.01, firstOrderLoss), 1e-4],
  // Differences of gradients with a radius of 1e-6, which steps over no kink here.
  ['with a model that has none', problemOf(firstOrder(net()), 1e-6), 1e-6],
] as const)('three steps of momentum through batch norm and ReLU %s', (_, problem, tolerance) => {
  test.each([unrolled({ steps: 3 }), forwardMode({ decay: 1 })])(
    'have the derivative by $name',
    async (method) => {
      const start = initialize();
      const values = start.parameters.map((parameter) => ({
        numbers: toNumbers(parameter),
        shape: parameter.shape,
      }));
      disposeWeights(start);
      const optimizer = momentum({ momentum: 0.5 });
      inFloat64(() =>
        tidy(() => {
          const parameters = values.map(({ numbers, shape }) => tensor(numbers, shape));
          const weights = { parameters, statistics: [0, 1].map((value) => fill([6], value)) };
          const optimizerState = optimizer.initialize(parameters);
          const at = { weights, metaparameters, optimizer, optimizerState, learningRate: 0.2 };
          const [training, validation] = [linearTensors(linearBatch(6, 1)), linearTensors(linearBatch(5, 9))];
          const after3Steps = ([distillationFraction, temperature]: number[]): number => {
            let point: InnerPoint<MixMetaparameter> = {
              ...at,
              metaparameters: { distillationFraction: distillationFraction!, temperature: temperature! },
            };
            for (let k = 0; k < 3; k++) {
              point = { ...point, ...innerStep(point, problem.training(point.weights, training)).next };
            }
            return toNumbers(problem.validation(point.weights, validation, point.metaparameters).value)[0]!;
          };
          let result = method.evaluate({
            problem,
            point: at,
            trainingBatch: training,
            validationBatch: validation,
          });
          for (let call = 1; call < (method.lookahead === undefined ? 3 : 1); call++) {
            result = method.evaluate({
              problem,
              point: { ...at, ...result.next },
              trainingBatch: training,
              validationBatch: validation,
              ...result,
            });
          }
          const expected = centralDifference(after3Steps, Object.values(metaparameters));
          expect(relativeError(result.gradient, expected)).toBeLessThan(tolerance);
        }),
      );
    },
  );
});

test('a batch of one under batch norm is refused', async () => {
  const weights = initialize();
  const point = { weights, metaparameters, optimizer: sgd(), optimizerState: [], learningRate: 0.1 };
  const [one, many] = [linearTensors(linearBatch(1, 1)), linearTensors(linearBatch(5, 9))];
  const message = 'input has shape [1, 6], 1 value per channel; expected at least 2 in training.';
  await expect(
    hypergradient({
      problem: problemOf(),
      point,
      trainingBatch: one,
      validationBatch: many,
      method: mixed(),
    }),
  ).rejects.toThrow(message);
  await expect(
    hypergradient({
      problem: problemOf(),
      point,
      trainingBatch: many,
      validationBatch: one,
      method: mixed(),
    }),
  ).rejects.toThrow(message);
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
  const batch = linearTensors(linearBatch(5, 9));
  await expect(
    hypergradient({ problem, point, trainingBatch: batch, validationBatch: batch, method: mixed() }),
  ).rejects.toThrow(
    'hypergradient: problem.metaparameters is []; expected at least one name. ' +
      'Choose a training loss that depends on a metaparameter, such as convexMix.',
  );
  disposeWeights(weights);
});

test('inputs of another shape are refused by the name of the model', async () => {
  const weights = initialize();
  const point = { weights, metaparameters, optimizer: sgd(), optimizerState: [], learningRate: 0.1 };
  const batch = linearTensors(linearBatch(5, 9));
  const wide = { ...batch, inputs: tensor2d(scatteredRows(5, 4, 1)) };
  await expect(
    hypergradient({
      problem: problemOf(),
      point,
      trainingBatch: wide,
      validationBatch: batch,
      method: mixed(),
    }),
  ).rejects.toThrow('net: inputs has shape [5, 4]; expected [batch, 3].');
  disposeWeights(weights);
});

test('a validation batch without teacher logits is refused if the validation loss reads them', () => {
  const [inputs, labels] = [tensor2d([[1, 2]]), tensor1d([0], 'int32')];
  const checkOf = (validationLoss: LogitLoss) =>
    logitProblem({
      model: logisticRegression({ inputs: 2, classes: 2 }),
      trainingLoss: convexMix({ scaling: 'none' }),
      validationLoss,
    }).checkValidationBatch;
  const mix = weightedSum({
    terms: [
      { loss: crossEntropy(), weight: 1 },
      { loss: teacherAgreement({ temperature: 4 }), weight: 16 },
    ],
  });
  for (const loss of [teacherAgreement({ temperature: 4 }), mix]) {
    const check = checkOf(loss)!;
    expect(() => check({ inputs, labels })).toThrow(
      `logitProblem: a validation batch has no teacherLogits; expected them, since ${loss.name} reads them. Give`,
    );
    expect(() => check({ inputs, labels, teacherLogits: tensor2d([[1, 2]]) })).not.toThrow();
  }
  expect(checkOf(crossEntropy())).toBeUndefined();
});

test('a validation batch without all of the teachers that the validation loss reads is refused', () => {
  const [inputs, labels, teacherLogits] = [tensor2d([[1, 2]]), tensor1d([0], 'int32'), tensor2d([[1, 2]])];
  const trusting = (teachers: number) =>
    withFixed(trustMix({ teachers, by: 'expert' }), { 'trust[]': Array<number>(1 + teachers).fill(0) });
  const checkOf = (validationLoss: LogitLoss) =>
    logitProblem({
      model: logisticRegression({ inputs: 2, classes: 2 }),
      trainingLoss: convexMix({ scaling: 'none' }),
      validationLoss,
    }).checkValidationBatch!;
  const ofTwo = weightedSum({ terms: [{ loss: trusting(2), weight: 1 }] });
  expect(() => checkOf(ofTwo)({ inputs, labels, teacherLogits })).toThrow(
    `logitProblem: the number of teachers in a validation batch is 1; expected 2, since ${ofTwo.name} reads them. Give`,
  );
  expect(() => checkOf(ofTwo)({ inputs, labels, teachers: [teacherLogits, teacherLogits] })).not.toThrow();
  expect(() => checkOf(trusting(1))({ inputs, labels, teacherLogits })).not.toThrow();
});

describe('penalties of the model', () => {
  const plain = logisticRegression({ inputs: 3, classes: 4 });
  const penalties = [
    { l1: 0.3, l2: 0.2 },
    { l1: 0, l2: 0.7 },
  ];
  const parts = { trainingLoss: convexMix({ scaling: 'none' }), validationLoss: crossEntropy() };
  const [without, penalised] = [plain, { ...plain, penalties }].map((model) =>
    logitProblem({ ...parts, model }),
  );
  const metaparameters = { distillationFraction: 0.4, temperature: 3 };
  const parameters = [scatteredRows(3, 4, 20), scattered(4, 30)];
  const numbersAt = (scale: number) =>
    tidy(() => {
      const direction = [tensor2d(scatteredRows(3, 4, 40)), tensor1d(scattered(4, 50))];
      const weights = { parameters: parameters.map((each) => mul(tensor(each), scale)), statistics: [] };
      const points = [without!, penalised!].map((problem) => {
        const batch = linearTensors(linearBatch(6, 1));
        const point = problem.training(weights, batch);
        const linear = point.linearize!(metaparameters);
        const both = [point.valueAndGradient(metaparameters), linear];
        return [
          ...both.flatMap(({ value, gradient }) => [value, ...gradient]),
          ...point.hessianVectorProduct(metaparameters, direction),
          ...linear.along(direction).gradientTangent(0),
        ].map(toNumbers);
      });
      return points[1]!.map((list, i) => list.map((value, k) => value - points[0]![i]![k]!));
    });

  test('are added to the value, the gradient and the products with the Hessian, of the training loss', () => {
    const added = inFloat64(() => numbersAt(1));
    const [w, b] = parameters.map((each) => each.flat()) as [number[], number[]];
    const total = (values: number[], of: (value: number) => number) =>
      values.reduce((so, value) => so + of(value), 0);
    const value = total(w, (x) => 0.3 * Math.abs(x) + 0.2 * x * x) + total(b, (x) => 0.7 * x * x);
    const gradient = [w.map((x) => 0.3 * Math.sign(x) + 0.4 * x), b.map((x) => 1.4 * x)];
    const product = [
      scatteredRows(3, 4, 40)
        .flat()
        .map((d) => 0.4 * d),
      scattered(4, 50).map((d) => 1.4 * d),
    ];
    const expected = [[value], ...gradient, [value], ...gradient, ...product, ...product];
    // Differences of float64 numbers near 1.
    added.forEach((list, i) => {
      expect(relativeError(list, expected[i]!)).toBeLessThan(1e-12);
    });
  });

  test('play no part in validation', () => {
    tidy(() => {
      const weights = { parameters: parameters.map((each) => tensor(each)), statistics: [] };
      const batch = linearTensors(linearBatch(6, 1));
      const [a, b] = [without!, penalised!].map(
        (problem) => problem.validation(weights, batch, metaparameters).value,
      );
      expect(toNumbers(a!)).toEqual(toNumbers(b!));
    });
  });
});

test('a model that cannot be trained is refused by its own sentence', () => {
  const untrainable = 'it has 0 trainable weights; expected at least one.';
  const model = { ...logisticRegression({ inputs: 3, classes: 4 }), untrainable };
  const parts = { trainingLoss: crossEntropy(), validationLoss: crossEntropy() };
  expect(() => logitProblem({ ...parts, model })).toThrow(`logitProblem: ${untrainable}`);
});
