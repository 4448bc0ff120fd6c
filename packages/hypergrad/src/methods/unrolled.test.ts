import {
  centralDifference,
  inFloat64,
  quadraticAfter,
  quadraticProblem,
  quadraticUnrolled,
  relativeError,
  ridgeProblem,
  ridgeValidationAfter,
} from '@metadistill/testing';
import { dispose } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  arbitraryQuadratic,
  FLOAT64_TOLERANCE,
  ofQuadratic,
  pointAt,
  regressions,
  scaledError,
  stableQuadratic,
} from '../../test/analytic-points.js';
import { hypergradient } from '../hypergradient.js';
import { fixedPoint } from '../solvers/fixed-point.js';
import { neumann } from '../solvers/neumann.js';
import type { BilevelProblem } from '../types.js';
import { implicit } from './implicit.js';
import { unrolled } from './unrolled.js';

const { training, validation } = regressions;
const steps = fc.integer({ min: 1, max: 6 });

test('K steps have their closed form on the quadratic problem', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryQuadratic, steps, async ({ q, z, x, learningRate }, K) => {
      const got = await inFloat64(() => ofQuadratic(q, z, x, learningRate, unrolled({ steps: K })));
      expect(scaledError(got, quadraticUnrolled(q, z, x, learningRate, K))).toBeLessThan(FLOAT64_TOLERANCE);
    }),
    { numRuns: 40 },
  );
});

// V is taken one step beyond the point, so the last step of the unroll is the step of the series.
test.each([neumann, fixedPoint])(
  'K steps are K terms of $name at the last step, as the Hessian does not change',
  async (solver) => {
    await fc.assert(
      fc.asyncProperty(arbitraryQuadratic, steps, async ({ q, z, x, learningRate }, K) => {
        const before = quadraticAfter(q, z, x, learningRate, K - 1);
        const method = implicit({ solver: solver({ iterations: K }) });
        const series = await inFloat64(() => ofQuadratic(q, before, x, learningRate, method));
        const unroll = await inFloat64(() => ofQuadratic(q, z, x, learningRate, unrolled({ steps: K })));
        expect(scaledError(series, unroll)).toBeLessThan(FLOAT64_TOLERANCE);
      }),
      { numRuns: 40 },
    );
  },
);

test('truncated to its last steps it leaves out what came before', async () => {
  // The last 2 of 4 steps: an unroll of 2 steps from where the first 2 end.
  const first = quadraticAfter(stableQuadratic, [1, -1], [0.3, 0.4], 0.2, 2);
  const got = await inFloat64(() =>
    ofQuadratic(stableQuadratic, [1, -1], [0.3, 0.4], 0.2, unrolled({ steps: 4, truncate: 2 })),
  );
  const expected = quadraticUnrolled(stableQuadratic, first, [0.3, 0.4], 0.2, 2);
  expect(relativeError(got, expected)).toBeLessThan(FLOAT64_TOLERANCE);
});

test('follows the batches and learning rates of the later steps', async () => {
  const w = [0.8, -0.6];
  // Two steps, the second on the validation rows and at half the rate: chained through the first by hand.
  const after = (weightDecay: number) => {
    const [a, b] = [stepOf(w, training, weightDecay, 0.5), 0.25] as const;
    return ridgeValidationAfter(1, validation, validation, a, weightDecay, b);
  };
  const expected = centralDifference(([weightDecay]) => after(weightDecay as number), [0.3]);
  const { gradient } = await inFloat64(async () => {
    const point = pointAt(w, { weightDecay: 0.3 }, 0.5);
    const later = [{ batch: validation, learningRate: 0.25 }];
    const result = await hypergradient({
      problem: ridgeProblem() as BilevelProblem<'weightDecay', typeof training>,
      point,
      trainingBatch: training,
      validationBatch: validation,
      method: unrolled({ steps: 2 }),
      later,
    });
    dispose([...point.weights.parameters]);
    return result;
  });
  expect(relativeError([gradient.weightDecay], expected)).toBeLessThan(FLOAT64_TOLERANCE);
});

function stepOf(w: readonly number[], batch: typeof training, weightDecay: number, rate: number): number[] {
  const residuals = batch.X.map((row, i) => row.reduce((sum, x, j) => sum + x * w[j]!, -batch.y[i]!));
  return w.map((value, j) => {
    const slope = residuals.reduce((sum, r, i) => sum + r * batch.X[i]![j]!, 0) / residuals.length;
    return value - rate * (slope + weightDecay * value);
  });
}

test('steps that do not fit are refused', async () => {
  expect(() => unrolled({ steps: 0 })).toThrow('unrolled: steps is 0; expected a positive integer.');
  expect(() => unrolled({ steps: 2, truncate: 3 })).toThrow(
    'unrolled: truncate is 3; expected an integer from 1 to steps, 2.',
  );
  const problem = quadraticProblem(stableQuadratic) as BilevelProblem<string, null>;
  const point = pointAt<string>([1, 1], { x0: 0, x1: 0 }, 0.1);
  await expect(
    hypergradient({
      problem,
      point,
      trainingBatch: null,
      validationBatch: null,
      method: unrolled({ steps: 3 }),
      later: [{ batch: null, learningRate: 1 }],
    }),
  ).rejects.toThrow('unrolled: later has 1 steps; expected 2, one less than steps.');
  dispose([...point.weights.parameters]);
});
