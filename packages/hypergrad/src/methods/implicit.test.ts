import {
  axpy,
  inFloat64,
  quadraticImplicit,
  quadraticOptimum,
  quadraticProblem,
  relativeError,
  solve,
  times,
} from '@metadistill/testing';
import { dispose } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { FLOAT64_TOLERANCE, named, pointAt, stableQuadratic } from '../../test/analytic-points.js';
import { hypergradient } from '../hypergradient.js';
import { momentum } from '../inner/momentum.js';
import { sgd } from '../inner/sgd.js';
import { withWeightDecay } from '../inner/with-weight-decay.js';
import type { BilevelProblem, InnerOptimizer } from '../types.js';
import { type ImplicitOptions, implicit } from './implicit.js';

const learningRate = 0.4;

const problem = quadraticProblem(stableQuadratic) as BilevelProblem<string, null>;
const x = [0.3, 0.4];
const optimum = quadraticOptimum(stableQuadratic, x);

const run = async (options: ImplicitOptions, optimizer: InnerOptimizer = sgd(), of = problem) => {
  const at = pointAt(optimum, named(x), learningRate);
  const point = { ...at, optimizer, optimizerState: optimizer.initialize(at.weights.parameters) };
  const result = await hypergradient(of, point, null, null, implicit(options));
  dispose([...point.weights.parameters, ...point.optimizerState]);
  return result;
};

test.each([
  ['momentum', momentum({ momentum: 0.5 })],
  ['Nesterov', momentum({ momentum: 0.5, nesterov: true })],
] as const)('the fixed point does not depend on the optimizer that leads to it: %s', async (_, optimizer) => {
  const { gradient } = await inFloat64(() => run({ solver: 'fixedPoint', iterations: 300 }, optimizer));
  expect(relativeError(Object.values(gradient), quadraticImplicit(stableQuadratic, x))).toBeLessThan(
    FLOAT64_TOLERANCE,
  );
});

test("a weight decay of the optimizer is damping to a linear solver, and part of the fixed point's step", async () => {
  // With F = 0 the gradient of V is f wherever the step ends: both give h − C (A + 0.4 I)⁻¹ f.
  const flat = quadraticProblem({
    ...stableQuadratic,
    F: [
      [0, 0],
      [0, 0],
    ],
  }) as BilevelProblem<string, null>;
  const damped = await inFloat64(() =>
    run({ solver: 'conjugateGradient', iterations: 2, damping: 0.4 }, sgd(), flat),
  );
  const decayed = await inFloat64(() =>
    run({ solver: 'fixedPoint', iterations: 300 }, withWeightDecay(sgd(), 0.4), flat),
  );
  const expected = Object.values(damped.gradient);
  expect(relativeError(Object.values(decayed.gradient), expected)).toBeLessThan(FLOAT64_TOLERANCE);
  const x = solve(
    [
      [2.4, 0.3],
      [0.3, 1.1],
    ],
    stableQuadratic.f,
  );
  expect(relativeError(expected, axpy(stableQuadratic.h, times(stableQuadratic.C, x), -1))).toBeLessThan(
    FLOAT64_TOLERANCE,
  );
});

test('the residual says how far the linear system is from solved', async () => {
  const of = async (options: ImplicitOptions) => (await inFloat64(() => run(options))).diagnostics.residual;
  expect(await of({ solver: 'conjugateGradient', iterations: 0 })).toBe(1);
  expect(await of({ solver: 'conjugateGradient', iterations: 2 })).toBeLessThan(1e-12);
  // (I − γA)ᴷ v in between the smallest and the largest factor
  const residual = (await of({ solver: 'neumann', iterations: 5 })) as number;
  expect(residual).toBeGreaterThan(0.17 ** 5);
  expect(residual).toBeLessThan(0.75 ** 5);
  expect(await of({ solver: 'identity' })).toBeUndefined();
});

test('a tolerance stops the products that are not needed, and the cost says so', async () => {
  const { cost, diagnostics } = await run({ solver: 'neumann', iterations: 300, tolerance: 0.01 });
  expect(diagnostics.residual).toBeLessThanOrEqual(0.01);
  // 0.75ᴷ <= 0.01 from K = 17 on; two forward passes each, and two more.
  expect(cost.forwards).toBeLessThanOrEqual(2 + 2 * 17);
  expect(cost.forwards).toBeGreaterThan(2);
});

test('conjugate gradients make no step along a direction of negative curvature', async () => {
  const saddle = {
    ...stableQuadratic,
    A: [
      [-1, 0],
      [0, -2],
    ],
  };
  const at = pointAt(optimum, named(x), learningRate);
  const { gradient, diagnostics } = await hypergradient(
    quadraticProblem(saddle) as BilevelProblem<string, null>,
    at,
    null,
    null,
    implicit({ solver: 'conjugateGradient', iterations: 5 }),
  );
  dispose([...at.weights.parameters]);
  expect(Object.values(gradient)).toEqual(stableQuadratic.h.map((value) => Math.fround(value)));
  expect(diagnostics.residual).toBe(1);
});

test('options outside their ranges are refused', () => {
  expect(() => implicit({ solver: 'newton' as never })).toThrow(
    'implicit: solver is newton; expected one of conjugateGradient, neumann, fixedPoint, identity.',
  );
  expect(() => implicit({ solver: 'neumann', iterations: -1 })).toThrow('implicit: iterations is -1');
  expect(() => implicit({ solver: 'neumann', damping: -1 })).toThrow('implicit: damping is -1');
  expect(() => implicit({ solver: 'neumann', tolerance: 0 })).toThrow('implicit: tolerance is 0');
  expect(() => implicit({ solver: 'neumann', stepSize: 0 })).toThrow('implicit: stepSize is 0');
});
