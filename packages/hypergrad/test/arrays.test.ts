import { crossEntropy, groupedTemperature, type LogitLoss, weightedSum } from '@metadistill/losses';
import { dense, disposeWeights, model, relu, type Weights } from '@metadistill/models';
import { centralDifference, expectNoLeak, inFloat64, relativeError } from '@metadistill/testing';
import {
  mul,
  type Scalar,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { hypergradient } from '../src/hypergradient.js';
import { sgd } from '../src/inner/sgd.js';
import { finiteDifference } from '../src/methods/finite-difference.js';
import { forwardMode } from '../src/methods/forward-mode.js';
import { implicit } from '../src/methods/implicit.js';
import { mixed } from '../src/methods/mixed.js';
import { unrolled } from '../src/methods/unrolled.js';
import { functionProblem } from '../src/problems/function-problem.js';
import { logitProblem } from '../src/problems/logit-problem.js';
import { fixedPoint } from '../src/solvers/fixed-point.js';
import { metaparameterLayout } from '../src/space/layout.js';
import { innerStep } from '../src/step/inner-step.js';
import type { HypergradientMethod, InnerPoint } from '../src/types.js';
import { formatHypergradientReport } from '../src/verify/format-hypergradient-report.js';
import { verifyHypergradient } from '../src/verify/verify-hypergradient.js';

const student = model({
  name: 'student',
  inputShape: [2],
  classes: 3,
  layers: [dense({ inputs: 2, outputs: 4 }), relu(), dense({ inputs: 4, outputs: 3 })],
});
/** A number beside an array, so that both ways of a loss are used. */
const lossOf = (count: number) =>
  weightedSum({
    terms: [
      { loss: crossEntropy(), weight: 'labelWeight' },
      { loss: groupedTemperature({ scaling: 'none', by: 'group', count }), weight: 2 },
    ],
  });
const problemOf = (trainingLoss: LogitLoss<'labelWeight' | 'temperature[]'>) =>
  logitProblem({ model: student, trainingLoss, validationLoss: crossEntropy() });

const rows = (count: number, columns: number, seed: number) =>
  Array.from({ length: count }, (_, i) =>
    Array.from({ length: columns }, (_, k) => 2 * Math.sin(3.7 * k + 5.3 * (seed + i))),
  );
const batchOf = (size: number, seed: number, groups: number) => ({
  inputs: tensor2d(rows(size, 2, seed)),
  labels: tensor1d(
    Array.from({ length: size }, (_, i) => (i + seed) % 3),
    'int32',
  ),
  teacherLogits: tensor2d(rows(size, 3, seed + 20)),
  groups: tensor1d(
    Array.from({ length: size }, (_, i) => (3 * i + seed) % groups),
    'int32',
  ),
});
const pointOf = (count: number): InnerPoint<'labelWeight' | 'temperature[]'> => {
  const parameters = student.parameters.map(({ shape }, i) =>
    shape.length === 2
      ? tensor2d(rows(shape[0]!, shape[1]!, 40 + i))
      : tensor1d(rows(1, shape[0]!, 60 + i)[0]!),
  );
  return {
    weights: { parameters, statistics: [] },
    metaparameters: {
      labelWeight: 0.5,
      'temperature[]': Array.from({ length: count }, (_, i) => 1 + (i % 4) / 4),
    },
    optimizer: sgd(),
    optimizerState: [],
    // Longer steps go over kinks of ReLU within the checker's reach.
    learningRate: 0.2,
  };
};
const given = (count: number) => ({
  problem: problemOf(lossOf(count)),
  point: pointOf(count),
  trainingBatch: batchOf(9, 1, count),
  validationBatch: batchOf(8, 9, count),
});

describe('a temperature for each of five groups beside the weight of the labels', () => {
  /** V after one or several steps at λ, as a function of all its numbers. */
  const differenceOf = (steps: number): number[] => {
    const { problem, point, trainingBatch, validationBatch } = given(5);
    const layout = metaparameterLayout(problem);
    const validation = (entries: readonly number[]) =>
      tidy(() => {
        let here = { ...point, metaparameters: layout.unflatten(entries) };
        for (let k = 0; k < steps; k++) {
          here = { ...here, ...innerStep(here, problem.training(here.weights, trainingBatch)).next };
        }
        return problem.validation(here.weights, validationBatch, here.metaparameters).value.dataSync()[0]!;
      });
    return centralDifference(validation, layout.flatten(point.metaparameters));
  };

  test.each<[string, HypergradientMethod, number, number]>([
    ['mixed', mixed(), 1, 1e-7],
    ['mixed by jvp', mixed({ via: 'jvp' }), 1, 1e-7],
    ['unrolled', unrolled({ steps: 1 }), 1, 1e-7],
    ['unrolled over three steps', unrolled({ steps: 3 }), 3, 1e-7],
    ['implicit', implicit({ solver: fixedPoint({ iterations: 1 }) }), 1, 1e-7],
    // A difference over a radius of 1e-4 is off by its square and by rounding over it.
    ['finiteDifference', finiteDifference({ radius: 1e-4 }), 1, 1e-6],
  ])('%s gives the differences of V by all of them', async (_, method, steps, tolerance) => {
    await inFloat64(async () => {
      const input = given(5);
      const { gradient } = await hypergradient({ ...input, method });
      expect(gradient['temperature[]']).toHaveLength(5);
      const got = metaparameterLayout(input.problem).flatten(gradient);
      expect(relativeError(got, differenceOf(steps))).toBeLessThan(tolerance);
      expect(Math.min(...got.map(Math.abs))).toBeGreaterThan(1e-6);
    });
  });

  test('one forward-mode pass serves them all', async () => {
    const { cost } = await hypergradient({ ...given(5), method: mixed() });
    expect(cost).toEqual({ forwards: 2, backwards: 2, jvps: 1 });
  });

  test('what needs a pass for each number is refused before work starts, with what to use', async () => {
    await expect(hypergradient({ ...given(5), method: mixed({ via: 'vjp' }) })).rejects.toThrow(
      'mixed: the problem has the array temperature[]; expected numbers alone. vjp takes a backward pass for each ' +
        'number: use jvp or auto.',
    );
    await expect(hypergradient({ ...given(5), method: forwardMode({ decay: 0.5 }) })).rejects.toThrow(
      'forwardMode: the problem has the array temperature[]; expected numbers alone. Tangents of all weights travel ' +
        'along for each number: use mixed or unrolled.',
    );
    const { problem, point, trainingBatch } = given(5);
    expect(() =>
      problem.training(point.weights, trainingBatch).mixedDerivatives(point.metaparameters),
    ).toThrow(
      'logitProblem: the problem has the array temperature[]; expected numbers alone. Use mixedProduct',
    );
  });

  test('a model without forward mode is told to use a difference', async () => {
    const { jvp: _, secondOrder: __, ...backwardOnly } = student;
    const problem = logitProblem({
      model: backwardOnly,
      trainingLoss: lossOf(5),
      validationLoss: crossEntropy(),
    });
    await expect(hypergradient({ ...given(5), problem, method: mixed() })).rejects.toThrow(
      'It has no forward-mode rule that takes all numbers at once: use finiteDifference, or give it mixedProduct.',
    );
    const { gradient } = await hypergradient({ ...given(5), problem, method: finiteDifference() });
    expect(gradient['temperature[]']).toHaveLength(5);
  });

  test.each([
    [[1, 1], 'metaparameters.temperature[] is an array of 2; expected an array of 5 numbers.'],
    [1, 'metaparameters.temperature[] is 1; expected an array of 5 numbers.'],
    [[1, 1, Number.NaN, 1, 1], 'metaparameters.temperature[][2] is NaN; expected a finite number.'],
  ])('refuses %j', async (values, message) => {
    const { point, ...rest } = given(5);
    const wrong = { ...point, metaparameters: { labelWeight: 1, 'temperature[]': values as number[] } };
    await expect(hypergradient({ ...rest, point: wrong, method: mixed() })).rejects.toThrow(
      `hypergradient: ${message}`,
    );
  });

  test('a loss of an array that cannot give all products at once is no loss of a problem', () => {
    const { mixedProduct: _, ...loss } = lossOf(5);
    expect(() => problemOf(loss)).toThrow('has the array temperature[] and no mixedProduct; expected both');
    const { shapes: __, ...shapeless } = lossOf(5);
    expect(() => problemOf(shapeless)).toThrow('the shape of temperature[] is undefined');
  });
});

describe('the checker', () => {
  test.each([5, 40])('passes on an array of %i, and leaves no tensor', async (count) => {
    const input = given(count);
    await expectNoLeak(async () => {
      const report = await verifyHypergradient(input);
      expect(report.checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
      const names = report.differences.map(({ name }) => name);
      // All of a short array, eight of a long one, and a direction through it.
      expect(names).toHaveLength(count === 5 ? 7 : 10);
      expect(names[0]).toBe('labelWeight');
      expect(names.at(-1)).toBe('temperature[] along a direction');
      expect(report.gradient['temperature[]']).toHaveLength(count);
      expect(formatHypergradientReport(report)).toMatch(/^temperature\[\] along a direction +-?[\d.]+/m);
    });
  });

  test('checks the four largest of a long array, and others that no example is in', async () => {
    const { differences, gradient } = await verifyHypergradient(given(40));
    const slopes = gradient['temperature[]'].map((slope, i) => Math.abs(slope) * (1 + (i % 4) / 4));
    const largest = slopes
      .map((_, i) => i)
      .sort((a, b) => slopes[b]! - slopes[a]!)
      .slice(0, 4);
    const names = differences.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(largest.map((i) => `temperature[][${i}]`)));
    expect(differences.filter(({ hypergradient }) => hypergradient === 0).length).toBeGreaterThan(0);
  });

  const planted = (change: (product: Tensor) => Tensor) => {
    const loss = lossOf(5);
    return problemOf({
      ...loss,
      mixedProduct: (...of) =>
        tidy(() => {
          const products = loss.mixedProduct!(...of);
          return { ...products, 'temperature[]': change(products['temperature[]']) };
        }),
    });
  };
  const failed = async (problem: ReturnType<typeof problemOf>) =>
    (await verifyHypergradient({ ...given(5), problem })).checks
      .filter(({ verdict }) => verdict === 'fail')
      .map(({ name }) => name);

  test('finds an array that is off by a tenth, and names it', async () => {
    const names = await failed(planted((product) => mul(product, 1.1)));
    expect(names).toContain('mixed derivative by temperature[][0]');
    expect(names).toContain('difference by temperature[] along a direction');
    expect(names).not.toContain('mixed derivative by labelWeight');
  });

  test('finds the one number of an array that is wrong', async () => {
    const names = await failed(planted((product) => mul(product, tensor1d([1, 1, 1, 0.8, 1]))));
    const entries = names.filter((name) => name.startsWith('mixed derivative by temperature[]['));
    expect(entries).toEqual(['mixed derivative by temperature[][3]']);
    expect(names).toContain('difference by temperature[][3]');
  });
});

describe('a regulariser for each weight', () => {
  // L = Σ (w − 1)² + Σ λ_i w_i² / 2 and V = Σ w²: dV/dλ_i = −γ 2 w'_i w_i.
  const start = [0.5, -1, 2];
  const options = {
    metaparameters: ['decay[]'] as const,
    shapes: { 'decay[]': [3] },
    training: ([w]: readonly Tensor[], { 'decay[]': decay }: { readonly 'decay[]': readonly number[] }) => ({
      value: sum(square(w!)) as Scalar,
      gradient: [sub(mul(w!, tensor1d(decay.map((each) => each + 2))), 2)],
    }),
    metaparameterGradient: ([w]: readonly Tensor[]) => mul(square(w!), 0.5) as Tensor1D,
    validation: ([w]: readonly Tensor[]) => ({ value: sum(square(w!)) as Scalar, gradient: [mul(w!, 2)] }),
  };
  const mixedProduct = (
    [w]: readonly Tensor[],
    _: unknown,
    __: unknown,
    [direction]: readonly Tensor[],
  ): Tensor1D => mul(w!, direction!) as Tensor1D;
  const point = () => ({
    weights: { parameters: [tensor1d(start)], statistics: [] } as Weights,
    metaparameters: { 'decay[]': [0.1, 0.2, 0.3] },
    optimizer: sgd(),
    optimizerState: [],
    learningRate: 0.1,
  });
  const expected = start.map((w, i) => {
    const next = w - 0.1 * ((2 + 0.1 * (i + 1)) * w - 2);
    return -0.1 * 2 * next * w;
  });

  test.each([
    ['differences of ∂L/∂λ', options],
    ['products that it gives', { ...options, mixedProduct }],
  ])('comes from %s', async (_, each) => {
    await inFloat64(async () => {
      const problem = functionProblem<'decay[]', null>(each);
      const from = point();
      const { gradient } = await hypergradient({
        problem,
        point: from,
        trainingBatch: null,
        validationBatch: null,
        method: mixed(),
      });
      expect(relativeError(gradient['decay[]'], expected)).toBeLessThan(1e-9);
      disposeWeights(from.weights);
    });
  });

  test('refuses what would take two gradients for each number', () => {
    const { metaparameterGradient: _, ...without } = options;
    expect(() => functionProblem<'decay[]', null>(without)).toThrow(
      'functionProblem: metaparameterGradient is undefined; expected a function, as decay[] is an array.',
    );
    expect(() => functionProblem<'decay[]', null>({ ...options, mixedDerivatives: () => [] })).toThrow(
      'functionProblem: the problem has the array decay[]; expected numbers alone. Give mixedProduct in place of',
    );
    expect(() =>
      functionProblem<'decay[]', null>({ ...options, differenceSteps: { 'decay[]': 1 } as never }),
    ).toThrow('functionProblem: differenceSteps has decay[]');
  });
});
