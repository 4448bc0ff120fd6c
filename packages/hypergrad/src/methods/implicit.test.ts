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
import { conjugateGradient } from '../solvers/conjugate-gradient.js';
import { fixedPoint } from '../solvers/fixed-point.js';
import { identity } from '../solvers/identity.js';
import { neumann } from '../solvers/neumann.js';
import type { BilevelProblem, InnerOptimizer } from '../types.js';
import { type ImplicitOptions, implicit } from './implicit.js';

const learningRate = 0.4;

const problem = quadraticProblem(stableQuadratic) as BilevelProblem<string, null>;
const x = [0.3, 0.4];
const optimum = quadraticOptimum(stableQuadratic, x);

const run = async (options: ImplicitOptions, optimizer: InnerOptimizer = sgd(), of = problem) => {
  const at = pointAt(optimum, named(x), learningRate);
  const point = { ...at, optimizer, optimizerState: optimizer.initialize(at.weights.parameters) };
  const result = await hypergradient({
    problem: of,
    point,
    trainingBatch: null,
    validationBatch: null,
    method: implicit(options),
  });
  dispose([...point.weights.parameters, ...point.optimizerState]);
  return result;
};

test.each([
  ['momentum', momentum({ momentum: 0.5 })],
  ['Nesterov', momentum({ momentum: 0.5, nesterov: true })],
] as const)('the fixed point does not depend on the optimizer that leads to it: %s', async (_, optimizer) => {
  const { gradient } = await inFloat64(() => run({ solver: fixedPoint({ iterations: 300 }) }, optimizer));
  expect(relativeError(Object.values(gradient).flat(), quadraticImplicit(stableQuadratic, x))).toBeLessThan(
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
    run({ solver: conjugateGradient({ iterations: 2 }), damping: 0.4 }, sgd(), flat),
  );
  const decayed = await inFloat64(() =>
    run(
      { solver: fixedPoint({ iterations: 300 }) },
      withWeightDecay({ optimizer: sgd(), weightDecay: 0.4 }),
      flat,
    ),
  );
  const expected = Object.values(damped.gradient).flat();
  expect(relativeError(Object.values(decayed.gradient).flat(), expected)).toBeLessThan(FLOAT64_TOLERANCE);
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
  expect(await of({ solver: conjugateGradient({ iterations: 0 }) })).toBe(1);
  expect(await of({ solver: conjugateGradient({ iterations: 2 }) })).toBeLessThan(1e-12);
  // (I − γA)ᴷ v in between the smallest and the largest factor
  const residual = (await of({ solver: neumann({ iterations: 5 }) })) as number;
  expect(residual).toBeGreaterThan(0.17 ** 5);
  expect(residual).toBeLessThan(0.75 ** 5);
  expect(await of({ solver: identity() })).toBeUndefined();
});

test('a tolerance stops the products that are not needed, and the cost says so', async () => {
  const { cost, diagnostics } = await run({ solver: neumann({ iterations: 300, tolerance: 0.01 }) });
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
  const { gradient, diagnostics } = await hypergradient({
    problem: quadraticProblem(saddle) as BilevelProblem<string, null>,
    point: at,
    trainingBatch: null,
    validationBatch: null,
    method: implicit({ solver: conjugateGradient({ iterations: 5 }) }),
  });
  dispose([...at.weights.parameters]);
  expect(Object.values(gradient).flat()).toEqual(stableQuadratic.h.map((value) => Math.fround(value)));
  expect(diagnostics.residual).toBe(1);
});

test('options outside their ranges, and what is no solver, are refused', () => {
  expect(() => implicit({ solver: 'conjugateGradient' as never })).toThrow(
    "implicit: solver is 'conjugateGradient'; expected a solver. Pass conjugateGradient() of",
  );
  expect(() => implicit({ solver: conjugateGradient as never })).toThrow(TypeError);
  expect(() => implicit({ solver: neumann(), damping: -1 })).toThrow('implicit: damping is -1');
  expect(() => implicit({ solver: neumann(), iterations: 1 } as never)).toThrow(
    "implicit: unknown option 'iterations'",
  );
  for (const [name, solver] of Object.entries({ conjugateGradient, neumann, fixedPoint })) {
    for (const iterations of [-1, 1.5]) {
      expect(() => solver({ iterations })).toThrow(
        `${name}: iterations is ${iterations}; expected an integer of at least 0. Leave it out for 10.`,
      );
    }
    expect(() => solver({ tolerance: 0 })).toThrow(
      `${name}: tolerance is 0; expected a positive number. Leave it out to make all iterations.`,
    );
  }
  for (const [name, solver] of Object.entries({ neumann, identity })) {
    expect(() => solver({ stepSize: 0 })).toThrow(
      `${name}: stepSize is 0; expected a positive number. Leave it out for the default.`,
    );
  }
  for (const [name, solver] of Object.entries({ conjugateGradient, fixedPoint })) {
    expect(() => solver({ stepSize: 1 } as never)).toThrow(`${name}: unknown option 'stepSize'`);
  }
});
