import {
  centralDifference,
  expectNoLeak,
  quadraticHypergradient,
  quadraticProblem,
  relativeError,
  ridgeProblem,
  ridgeValidationAfterStep,
} from '@metadistill/testing';
import { tensor1d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hypergradient } from '../hypergradient.js';
import { sgd } from '../inner/sgd.js';
import type { BilevelProblem, HypergradientMethod } from '../types.js';
import { finiteDifference } from './finite-difference.js';
import { mixed } from './mixed.js';

const methods: HypergradientMethod[] = [mixed({ via: 'jvp' }), mixed({ via: 'vjp' }), finiteDifference()];

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

const pointAt = (z: readonly number[], x: Readonly<Record<string, number>>, learningRate: number) => ({
  weights: { parameters: [tensor1d([...z])], statistics: [] },
  metaparameters: x,
  optimizer: sgd(),
  optimizerState: [],
  learningRate,
});

/** |got − expected| in units of the larger of the two, or of one where both are small. */
const scaledError = (got: number[], expected: number[]) =>
  Math.max(...got.map((value, j) => Math.abs(value - expected[j]!))) / Math.max(1, ...expected.map(Math.abs));

describe.each(methods)('$name', (method) => {
  test('agrees with the closed form of the quadratic bilevel problem', async () => {
    await fc.assert(
      fc.asyncProperty(quadratics, async ({ q, z, x, learningRate }) => {
        const problem = quadraticProblem(q) as BilevelProblem<string, null>;
        const point = pointAt(z, Object.fromEntries(x.map((value, j) => [`x${j}`, value])), learningRate);
        const { gradient } = await hypergradient(problem, point, null, null, method);
        point.weights.parameters[0]?.dispose();
        const expected = quadraticHypergradient(q, z, x, learningRate);
        // The finite difference is exact here but for rounding: values near 10 differ by float32 ulps (1e-6) over
        // a radius of 0.01. The others lose a few ulps in sums of at most 25 products.
        const tolerance = method.name === 'finiteDifference' ? 2e-3 : 2e-5;
        expect(scaledError(Object.values(gradient), expected)).toBeLessThan(tolerance);
      }),
      { numRuns: 60 },
    );
  });

  test('agrees with a float64 difference of the ridge validation loss after one step', async () => {
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
    const w = [0.8, -0.6];
    const [expected] = centralDifference(
      ([weightDecay]) => ridgeValidationAfterStep(training, validation, w, weightDecay as number, 0.5),
      [0.3],
    );
    const point = pointAt(w, { weightDecay: 0.3 }, 0.5);
    const { gradient } = await hypergradient(ridgeProblem(), point as never, training, validation, method);
    expect(relativeError([gradient.weightDecay], [expected as number])).toBeLessThan(1e-4);
  });

  test('borrows its arguments and leaves no tensor behind', async () => {
    const q = { A: [[2]], C: [[1]], a: [0.5], F: [[1]], f: [-1], h: [0.1] };
    const point = pointAt([1], { x0: 0.2 }, 0.1);
    await expectNoLeak(async () => {
      await hypergradient(quadraticProblem(q) as BilevelProblem<string, null>, point, null, null, method);
    });
    expect(Array.from(point.weights.parameters[0]!.dataSync())).toEqual([1]);
  });
});

test('a radius that is not positive is refused', () => {
  expect(() => finiteDifference({ radius: 0 })).toThrow(
    'finiteDifference: radius is 0; expected a positive number.',
  );
});
