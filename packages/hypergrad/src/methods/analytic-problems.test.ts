import {
  centralDifference,
  dartsToy,
  expectNoLeak,
  inFloat64,
  logisticImplicit,
  logisticOptimum,
  logisticProblem,
  type Quadratic,
  quadraticAfter,
  quadraticImplicit,
  quadraticOptimum,
  quadraticProblem,
  quadraticUnrolled,
  relativeError,
  ridgeImplicit,
  ridgeOptimum,
  ridgeProblem,
  ridgeValidationAfter,
} from '@metadistill/testing';
import { dispose, tensor1d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hypergradient } from '../hypergradient.js';
import { sgd } from '../inner/sgd.js';
import type { BilevelProblem, HypergradientMethod, InnerPoint } from '../types.js';
import { finiteDifference } from './finite-difference.js';
import { forwardMode } from './forward-mode.js';
import { type ImplicitOptions, implicit } from './implicit.js';
import { mixed } from './mixed.js';
import { unrolled } from './unrolled.js';

/** Methods that differentiate one step exactly. */
const oneStepMethods: HypergradientMethod[] = [
  mixed(),
  mixed({ via: 'jvp' }),
  mixed({ via: 'vjp' }),
  unrolled({ steps: 1 }),
  unrolled({ steps: 1, truncate: 1 }),
  forwardMode({ decay: 0.5 }),
  implicit({ solver: 'identity' }),
  implicit({ solver: 'neumann', iterations: 1 }),
  implicit({ solver: 'fixedPoint', iterations: 1 }),
];

const float64Tolerance = 1e-6;
const numberIn = (low: number, high: number) => fc.double({ min: low, max: high, noNaN: true });
const vector = (n: number) => fc.array(numberIn(-2, 2), { minLength: n, maxLength: n });
const matrix = (rows: number, columns: number) =>
  fc.array(vector(columns), { minLength: rows, maxLength: rows });
const symmetric = (n: number) =>
  matrix(n, n).map((m) => m.map((row, i) => row.map((value, j) => (value + (m[j] as number[])[i]!) / 2)));

const quadratics = fc
  .record({ n: fc.integer({ min: 1, max: 5 }), m: fc.integer({ min: 1, max: 3 }) })
  .chain(({ n, m }) =>
    fc.record({
      q: fc.record({
        A: symmetric(n),
        C: matrix(m, n),
        a: vector(n),
        F: symmetric(n),
        f: vector(n),
        h: vector(m),
      }),
      z: vector(n),
      x: vector(m),
      learningRate: numberIn(0.01, 1),
    }),
  );

const pointAt = <Name extends string>(
  weights: readonly number[],
  metaparameters: Readonly<Record<Name, number>>,
  learningRate: number,
): InnerPoint<Name> => ({
  weights: { parameters: [tensor1d([...weights])], statistics: [] },
  metaparameters,
  optimizer: sgd(),
  optimizerState: [],
  learningRate,
});

/** The hypergradient as a list; the point's weights are disposed of. */
async function gradientOf<Name extends string, Batch>(
  problem: BilevelProblem<Name, Batch>,
  point: InnerPoint<Name>,
  training: Batch,
  validation: Batch,
  method: HypergradientMethod,
): Promise<number[]> {
  const { gradient } = await hypergradient(problem, point, training, validation, method);
  dispose([...point.weights.parameters]);
  return problem.metaparameters.map((name) => gradient[name]);
}

const ofQuadratic = (
  q: Quadratic,
  z: readonly number[],
  x: readonly number[],
  rate: number,
  method: HypergradientMethod,
) => {
  const metaparameters = Object.fromEntries(x.map((value, j) => [`x${j}`, value]));
  const problem = quadraticProblem(q) as BilevelProblem<string, null>;
  return gradientOf(problem, pointAt(z, metaparameters, rate), null, null, method);
};

/** |got − expected| in units of the larger of the two, or of one where both are small. */
const scaledError = (got: readonly number[], expected: readonly number[]) =>
  Math.max(...got.map((value, j) => Math.abs(value - expected[j]!))) / Math.max(1, ...expected.map(Math.abs));

const training = {
  X: [
    [1, 2],
    [0.5, -1],
    [-1, 0.3],
  ],
  y: [1, -0.5, 0.2],
};
const validation = {
  X: [
    [0.7, 0.1],
    [-0.2, 1],
  ],
  y: [0.4, 0.9],
};

describe.each([...oneStepMethods, finiteDifference()])('$name', (method) => {
  test('is the one-step closed form of the quadratic problem in float32', async () => {
    await fc.assert(
      fc.asyncProperty(quadratics, async ({ q, z, x, learningRate }) => {
        const got = await ofQuadratic(q, z, x, learningRate, method);
        // The finite difference is exact here but for rounding: values near 10 differ by float32 ulps (1e-6) over
        // a radius of 0.01. The others lose a few ulps in sums of at most 25 products.
        const tolerance = method.name === 'finiteDifference' ? 2e-3 : 2e-5;
        expect(scaledError(got, quadraticUnrolled(q, z, x, learningRate))).toBeLessThan(tolerance);
      }),
      { numRuns: 30 },
    );
  });

  test('is the one-step closed form of the quadratic problem in float64', async () => {
    await fc.assert(
      fc.asyncProperty(quadratics, async ({ q, z, x, learningRate }) => {
        const got = await inFloat64(() => ofQuadratic(q, z, x, learningRate, method));
        expect(scaledError(got, quadraticUnrolled(q, z, x, learningRate))).toBeLessThan(float64Tolerance);
      }),
      { numRuns: 30 },
    );
  });

  test('is the difference of the ridge validation loss after one step', async () => {
    const w = [0.8, -0.6];
    const expected = centralDifference(
      ([weightDecay]) => ridgeValidationAfter(1, training, validation, w, weightDecay as number, 0.5),
      [0.3],
    );
    const at = () => pointAt(w, { weightDecay: 0.3 }, 0.5);
    const single = await gradientOf(ridgeProblem(), at(), training, validation, method);
    expect(relativeError(single, expected)).toBeLessThan(1e-4);
    const double = await inFloat64(() => gradientOf(ridgeProblem(), at(), training, validation, method));
    expect(relativeError(double, expected)).toBeLessThan(float64Tolerance);
  });

  test("is the closed form of DARTS' toy: 2 at w = −2, α = 2 with a learning rate of 0.5", async () => {
    const at = () => pointAt([-2], { alpha: 2 }, 0.5);
    const got = await inFloat64(() => gradientOf(dartsToy(), at(), null, null, method));
    expect(relativeError(got, [2])).toBeLessThan(float64Tolerance);
  });

  test('borrows its arguments and leaves no tensor behind', async () => {
    const q = { A: [[2]], C: [[1]], a: [0.5], F: [[1]], f: [-1], h: [0.1] };
    const point = pointAt<string>([1], { x0: 0.2 }, 0.1);
    await expectNoLeak(async () => {
      await hypergradient(quadraticProblem(q) as BilevelProblem<string, null>, point, null, null, method);
    });
    expect(Array.from(point.weights.parameters[0]!.dataSync())).toEqual([1]);
  });
});

describe('several steps', () => {
  const steps = fc.integer({ min: 1, max: 6 });

  test('an unroll of K steps has its closed form on the quadratic problem', async () => {
    await fc.assert(
      fc.asyncProperty(quadratics, steps, async ({ q, z, x, learningRate }, K) => {
        const expected = quadraticUnrolled(q, z, x, learningRate, K);
        const double = await inFloat64(() => ofQuadratic(q, z, x, learningRate, unrolled({ steps: K })));
        expect(scaledError(double, expected)).toBeLessThan(float64Tolerance);
      }),
      { numRuns: 40 },
    );
  });

  test('an unroll of K steps is that in float32 while the inner steps are stable', async () => {
    const expected = quadraticUnrolled(spread, [1, -1], [0.3, 0.4], 0.2, 5);
    const got = await ofQuadratic(spread, [1, -1], [0.3, 0.4], 0.2, unrolled({ steps: 5 }));
    expect(relativeError(got, expected)).toBeLessThan(1e-5);
  });

  test('an unroll of K steps is the difference of the ridge validation loss after K steps', async () => {
    const w = [0.8, -0.6];
    const expected = centralDifference(
      ([weightDecay]) => ridgeValidationAfter(7, training, validation, w, weightDecay as number, 0.5),
      [0.3],
    );
    const got = await inFloat64(() =>
      gradientOf(
        ridgeProblem(),
        pointAt(w, { weightDecay: 0.3 }, 0.5),
        training,
        validation,
        unrolled({ steps: 7 }),
      ),
    );
    expect(relativeError(got, expected)).toBeLessThan(float64Tolerance);
  });

  // V is taken one step beyond w, so the K-th step of the unroll is the step of the Neumann series.
  test.each(['neumann', 'fixedPoint'] as const)(
    'K terms of %s at the last step are an unroll of K steps, as the Hessian does not change',
    async (solver) => {
      await fc.assert(
        fc.asyncProperty(quadratics, steps, async ({ q, z, x, learningRate }, K) => {
          const before = quadraticAfter(q, z, x, learningRate, K - 1);
          const got = await inFloat64(() =>
            ofQuadratic(q, before, x, learningRate, implicit({ solver, iterations: K })),
          );
          expect(scaledError(got, quadraticUnrolled(q, z, x, learningRate, K))).toBeLessThan(
            float64Tolerance,
          );
        }),
        { numRuns: 40 },
      );
    },
  );

  test('truncated to its last steps, an unroll leaves out what came before', async () => {
    // Truncated to 2 of 4 steps: the unroll of 2 steps from where the first 2 end.
    const first = quadraticAfter(spread, [1, -1], [0.3, 0.4], 0.2, 2);
    const got = await inFloat64(() =>
      ofQuadratic(spread, [1, -1], [0.3, 0.4], 0.2, unrolled({ steps: 4, truncate: 2 })),
    );
    const expected = quadraticUnrolled(spread, first, [0.3, 0.4], 0.2, 2);
    expect(relativeError(got, expected)).toBeLessThan(float64Tolerance);
  });
});

const spread: Quadratic = {
  A: [
    [2, 0.3],
    [0.3, 0.7],
  ],
  C: [
    [1, 0.2],
    [-0.4, 0.9],
  ],
  a: [0.1, -0.5],
  F: [
    [1.5, -0.2],
    [-0.2, 0.8],
  ],
  f: [0.4, -0.3],
  h: [0.2, 0.1],
};

describe('at an optimum of the training loss', () => {
  const exact: ImplicitOptions[] = [
    { solver: 'conjugateGradient', iterations: 2 },
    { solver: 'neumann', iterations: 300, stepSize: 0.4 },
    { solver: 'fixedPoint', iterations: 300 },
  ];

  test.each(exact)('$solver gives the implicit hypergradient of the quadratic problem', async (options) => {
    const x = [0.3, 0.4];
    const optimum = quadraticOptimum(spread, x);
    const expected = quadraticImplicit(spread, x);
    const double = await inFloat64(() => ofQuadratic(spread, optimum, x, 0.4, implicit(options)));
    expect(relativeError(double, expected)).toBeLessThan(float64Tolerance);
    const single = await ofQuadratic(spread, optimum, x, 0.4, implicit(options));
    expect(relativeError(single, expected)).toBeLessThan(1e-4);
  });

  test.each(exact)('$solver gives the implicit hypergradient of ridge regression', async (options) => {
    const at = () => pointAt(ridgeOptimum(training, 0.3), { weightDecay: 0.3 }, 0.4);
    const expected = [ridgeImplicit(training, validation, 0.3)];
    const run = () => gradientOf(ridgeProblem(), at(), training, validation, implicit(options));
    expect(relativeError(await inFloat64(run), expected)).toBeLessThan(float64Tolerance);
    expect(relativeError(await run(), expected)).toBeLessThan(1e-4);
  });

  test.each(exact)('$solver gives that of logistic regression with a penalty a weight', async (options) => {
    const signs = { ...training, y: [1, -1, 1] };
    const other = { ...validation, y: [1, -1] };
    const penalties = [0.5, 0.9];
    const names = { penalty0: 0.5, penalty1: 0.9 };
    const problem = logisticProblem(2) as BilevelProblem<string, typeof signs>;
    const at = () => pointAt<string>(logisticOptimum(signs, penalties), names, 0.4);
    const run = () => gradientOf(problem, at(), signs, other, implicit(options));
    const expected = logisticImplicit(signs, other, penalties);
    expect(relativeError(await inFloat64(run), expected)).toBeLessThan(float64Tolerance);
    expect(relativeError(await run(), expected)).toBeLessThan(1e-4);
  });

  test.each(['neumann', 'fixedPoint'] as const)('%s comes closer with more iterations', async (solver) => {
    const x = [0.3, 0.4];
    const optimum = quadraticOptimum(spread, x);
    const expected = quadraticImplicit(spread, x);
    const errors: number[] = [];
    for (const iterations of [1, 4, 16, 64]) {
      const method = implicit({ solver, iterations });
      errors.push(
        relativeError(await inFloat64(() => ofQuadratic(spread, optimum, x, 0.4, method)), expected),
      );
    }
    // ‖I − γA‖ = 0.75: three more iterations leave less than half of the error.
    for (const [i, error] of errors.slice(1).entries()) expect(error).toBeLessThan(errors[i]! / 2);
  });
});
