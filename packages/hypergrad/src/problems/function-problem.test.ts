import {
  countingModel,
  expectNoLeak,
  inFloat64,
  logisticImplicit,
  logisticOptimum,
  logisticProblem,
  relativeError,
  toNumbers,
} from '@metadistill/testing';
import {
  add,
  concat,
  dispose,
  type Scalar,
  type Tensor,
  type Tensor1D,
  tensor1d,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { regressions } from '../../test/analytic-points.js';
import { hypergradient } from '../hypergradient.js';
import { momentum } from '../inner/momentum.js';
import { sgd } from '../inner/sgd.js';
import { finiteDifference } from '../methods/finite-difference.js';
import { forwardMode } from '../methods/forward-mode.js';
import { implicit } from '../methods/implicit.js';
import { mixed } from '../methods/mixed.js';
import { unrolled } from '../methods/unrolled.js';
import { conjugateGradient } from '../solvers/conjugate-gradient.js';
import type { BilevelProblem, HypergradientMethod } from '../types.js';
import { verifyHypergradient } from '../verify/verify-hypergradient.js';
import { type FunctionProblemOptions, functionProblem } from './function-problem.js';

const signs = { ...regressions.training, y: [1, -1, 1] };
const other = { ...regressions.validation, y: [1, -1] };
const penalties = { penalty0: 0.5, penalty1: 0.9 };
const reference = logisticProblem(2) as BilevelProblem<string, typeof signs>;
const weightsOf = (parameters: readonly Tensor[]) => ({ parameters, statistics: [] });

/** The same problem from functions alone. */
const options: FunctionProblemOptions<string, typeof signs> = {
  metaparameters: reference.metaparameters,
  training: (parameters, metaparameters, batch) =>
    reference.training(weightsOf(parameters), batch).valueAndGradient(metaparameters),
  validation: (parameters, metaparameters, batch) =>
    reference.validation(weightsOf(parameters), batch, metaparameters),
};
const more: [string, Partial<typeof options>][] = [
  ['a loss and its gradient', {}],
  [
    'and its gradient by the metaparameters',
    {
      metaparameterGradient: (parameters, metaparameters, batch) =>
        reference.training(weightsOf(parameters), batch).metaparameterGradient(metaparameters),
    },
  ],
  [
    'and all second derivatives',
    {
      mixedDerivatives: (parameters, metaparameters, batch) =>
        reference.training(weightsOf(parameters), batch).mixedDerivatives(metaparameters),
      hessianVectorProduct: (parameters, metaparameters, batch, direction) =>
        reference.training(weightsOf(parameters), batch).hessianVectorProduct(metaparameters, direction),
    },
  ],
];

const gradientOf = async (
  problem: BilevelProblem<string, typeof signs>,
  method: HypergradientMethod,
  at: readonly number[] = [0.4, -0.7],
): Promise<number[]> => {
  const parameters = [tensor1d([...at])];
  const optimizer = method.name.startsWith('implicit') ? sgd() : momentum({ momentum: 0.5 });
  const optimizerState = optimizer.initialize(parameters);
  const point = {
    weights: weightsOf(parameters),
    metaparameters: penalties,
    optimizer,
    optimizerState,
    learningRate: 0.5,
  };
  const { gradient } = await hypergradient({
    problem,
    point,
    trainingBatch: signs,
    validationBatch: other,
    method,
  });
  dispose([...parameters, ...optimizerState]);
  return problem.metaparameters.map((name) => gradient[name] as number);
};

describe.each(more)('from %s', (_, given) => {
  const problem = functionProblem({ ...options, ...given });

  test.each([
    mixed(),
    mixed({ via: 'vjp' }),
    finiteDifference(),
    unrolled({ steps: 4 }),
    forwardMode({ decay: 0.5 }),
  ])('$name is that of the problem written out', async (method) => {
    const expected = await inFloat64(() => gradientOf(reference, method));
    const double = await inFloat64(() => gradientOf(problem, method));
    // Differences of radius 0.01 are off by 1e-4 times a third derivative.
    expect(relativeError(double, expected)).toBeLessThan(1e-4);
    // ... and by float32 rounding over 0.01 otherwise.
    expect(relativeError(await gradientOf(problem, method), expected)).toBeLessThan(2e-3);
  });

  test('an implicit method reaches the closed form at the optimum', async () => {
    const method = implicit({ solver: conjugateGradient({ iterations: 2 }) });
    const optimum = logisticOptimum(signs, [0.5, 0.9]);
    const got = await inFloat64(() => gradientOf(problem, method, optimum));
    expect(relativeError(got, logisticImplicit(signs, other, [0.5, 0.9]))).toBeLessThan(1e-4);
  });

  test('leaves no tensor behind', async () => {
    await expectNoLeak(async () => {
      for (const method of [mixed(), finiteDifference(), forwardMode({ decay: 0.5 })]) {
        await gradientOf(problem, method);
      }
    });
  });

  test('passes verification', async () => {
    const weights = weightsOf([tensor1d([0.4, -0.7])]);
    const point = {
      weights,
      metaparameters: penalties,
      optimizer: sgd(),
      optimizerState: [],
      learningRate: 0.5,
    };
    const { checks } = await verifyHypergradient({
      problem,
      point,
      trainingBatch: signs,
      validationBatch: other,
    });
    expect(checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
    dispose([...weights.parameters]);
  });
});

test('reports as many gradients as it asks for', async () => {
  const calls = countingModel({
    forward: options.training,
    vjp: options.validation,
    jvp: options.training,
  });
  const { forward: training, vjp: validation } = calls.model;
  const problem = functionProblem({ ...options, training, validation });
  for (const method of [mixed(), finiteDifference(), unrolled({ steps: 3 }), forwardMode({ decay: 0.5 })]) {
    const before = calls.passes();
    const weights = weightsOf([tensor1d([0.4, -0.7])]);
    const point = {
      weights,
      metaparameters: penalties,
      optimizer: sgd(),
      optimizerState: [],
      learningRate: 0.5,
    };
    const { cost } = await hypergradient({
      problem,
      point,
      trainingBatch: signs,
      validationBatch: other,
      method,
    });
    const after = calls.passes();
    // Each call of a loss is a forward and a backward pass.
    const made = after.forwards + after.backwards - before.forwards - before.backwards;
    expect(cost).toEqual({ forwards: made, backwards: made, jvps: 0 });
  }
});

test('running statistics that a user keeps stay as they are', () => {
  const problem = functionProblem(options);
  const statistics = [tensor1d([3])];
  const { statistics: after } = problem.training({ parameters: [tensor1d([0.4, -0.7])], statistics }, signs);
  expect(toNumbers(after[0]!)).toEqual([3]);
  expect(after[0]).not.toBe(statistics[0]); // the caller may dispose of either
});

describe('refuses', () => {
  const run = (changes: Partial<typeof options>) =>
    gradientOf(functionProblem({ ...options, ...changes }), mixed());
  const withGradient =
    (change: (gradient: readonly Tensor[]) => readonly Tensor[]): typeof options.training =>
    (...of) => {
      const { value, gradient } = options.training(...of);
      return { value: value as Scalar, gradient: change(gradient) };
    };

  test('gradients that do not fit the parameters', async () => {
    await expect(run({ training: withGradient((all) => [...all, ...all]) })).rejects.toThrow(
      'functionProblem: training gives 2 tensors; expected 1, one per parameter.',
    );
    await expect(run({ training: withGradient(([g]) => [concat([g!, g!])]) })).rejects.toThrow(
      'functionProblem: training gives a tensor of shape [4] for parameter 0; expected [2].',
    );
    await expect(
      run({ validation: (...of) => ({ ...options.validation(...of), gradient: [] }) }),
    ).rejects.toThrow('functionProblem: validation gives 0 tensors; expected 1');
    await expect(run({ metaparameterGradient: () => add(tensor1d([1]), 0) as Tensor1D })).rejects.toThrow(
      'functionProblem: metaparameterGradient gives ∂/∂λ of shape [1]; expected [2], one number per metaparameter and per entry of an array.',
    );
  });

  test('steps that are not positive', () => {
    expect(() => functionProblem({ ...options, radius: -1 })).toThrow('functionProblem: radius is -1');
    expect(() => functionProblem({ ...options, differenceSteps: { penalty1: 0 } })).toThrow(
      'functionProblem: differenceSteps.penalty1 is 0',
    );
  });

  test('names that are none, double, or of no metaparameter', () => {
    const remedy = 'expected at least one name, and each once. Name what the training loss depends on.';
    expect(() => functionProblem({ ...options, metaparameters: [] })).toThrow(
      `functionProblem: metaparameters is []; ${remedy}`,
    );
    expect(() => functionProblem({ ...options, metaparameters: ['a', 'a'] })).toThrow(
      `functionProblem: metaparameters is [a, a]; ${remedy}`,
    );
    expect(() => functionProblem({ ...options, differenceSteps: { penalty: 1 } })).toThrow(
      'functionProblem: differenceSteps has penalty; expected some of penalty0, penalty1. Correct its name.',
    );
  });
});
