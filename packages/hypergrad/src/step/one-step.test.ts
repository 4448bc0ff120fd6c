import {
  dartsToy,
  expectNoLeak,
  inFloat64,
  quadraticProblem,
  quadraticUnrolled,
  relativeError,
} from '@metadistill/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  arbitraryQuadratic,
  FLOAT64_TOLERANCE,
  gradientOf,
  ofQuadratic,
  pointAt,
  scaledError,
} from '../../test/analytic-points.js';
import { oneStepMethods } from '../../test/parts.js';
import { hypergradient } from '../hypergradient.js';
import { finiteDifference, paperDifference } from '../methods/finite-difference.js';
import { mixed } from '../methods/mixed.js';
import type { BilevelProblem } from '../types.js';

describe.each(Object.values(oneStepMethods).flat())('$name', (method) => {
  test('is the one-step closed form of the quadratic problem in float32', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryQuadratic, async ({ q, z, x, learningRate }) => {
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
      fc.asyncProperty(arbitraryQuadratic, async ({ q, z, x, learningRate }) => {
        const got = await inFloat64(() => ofQuadratic(q, z, x, learningRate, method));
        expect(scaledError(got, quadraticUnrolled(q, z, x, learningRate))).toBeLessThan(FLOAT64_TOLERANCE);
      }),
      { numRuns: 30 },
    );
  });

  test("is the closed form of DARTS' toy: 2 at w = −2, α = 2 with a learning rate of 0.5", async () => {
    const run = () => gradientOf(dartsToy(), pointAt([-2], { alpha: 2 }, 0.5), null, null, method);
    expect(relativeError(await inFloat64(run), [2])).toBeLessThan(FLOAT64_TOLERANCE);
  });

  test('borrows its arguments and leaves no tensor behind', async () => {
    const q = { A: [[2]], C: [[1]], a: [0.5], F: [[1]], f: [-1], h: [0.1] };
    const point = pointAt<string>([1], { x0: 0.2 }, 0.1);
    await expectNoLeak(async () => {
      await hypergradient({
        problem: quadraticProblem(q) as BilevelProblem<string, null>,
        point,
        trainingBatch: null,
        validationBatch: null,
        method,
      });
    });
    expect(Array.from(point.weights.parameters[0]!.dataSync())).toEqual([1]);
  });
});

test('training and validation gradients that point the same way have a cosine of 1, against each other −1', async () => {
  // ∇L(1) = 2 + 0.2 + 0.5 and ∇V(w') = w' + f, w' = 0.73
  for (const [f, cosine] of [
    [1, 1],
    [-1, -1],
  ] as const) {
    const q = { A: [[2]], C: [[1]], a: [0.5], F: [[1]], f: [f], h: [0.1] };
    const problem = quadraticProblem(q) as BilevelProblem<string, null>;
    const { diagnostics } = await hypergradient({
      problem,
      point: pointAt<string>([1], { x0: 0.2 }, 0.1),
      trainingBatch: null,
      validationBatch: null,
      method: mixed(),
    });
    expect(diagnostics.gradientCosine).toBeCloseTo(cosine, 6);
    expect(diagnostics.validationGradientNorm).toBeCloseTo(Math.abs(0.73 + f), 6);
  }
});

test('a finite difference reports the step that it took', async () => {
  const q = { A: [[2]], C: [[1]], a: [0.5], F: [[1]], f: [1], h: [0.1] };
  const problem = quadraticProblem(q) as BilevelProblem<string, null>;
  const { diagnostics } = await hypergradient({
    problem,
    point: pointAt<string>([1], { x0: 0.2 }, 0.1),
    trainingBatch: null,
    validationBatch: null,
    method: finiteDifference({ radius: 0.05 }),
  });
  // u = −0.1 · 1.73
  expect(diagnostics.differenceStep).toBeCloseTo(0.05 / 0.173, 5);
  expect(paperDifference).toEqual({ radius: 0.01 });
  const byDefault = await hypergradient({
    problem,
    point: pointAt<string>([1], { x0: 0.2 }, 0.1),
    trainingBatch: null,
    validationBatch: null,
    method: finiteDifference(),
  });
  expect(byDefault.diagnostics.differenceStep).toBeCloseTo(0.01 / 0.173, 5);
});

test("a finite difference may look ahead at another rate than the step's, as the authors' code does", async () => {
  // w' = 1 − 0.5 · 2.7 is where V is looked at; the factor is that of the step, −0.1.
  const q = { A: [[2]], C: [[1]], a: [0.5], F: [[1]], f: [1], h: [0.3] };
  const method = finiteDifference({ ...paperDifference, virtualLearningRate: 0.5 });
  const [gradient] = await inFloat64(() => ofQuadratic(q, [1], [0.2], 0.1, method));
  expect(gradient).toBeCloseTo(0.3 - 0.1 * (1 - 0.5 * 2.7 + 1), 10);
});

describe('refuses', () => {
  const quadratic = { A: [[1]], C: [[1]], a: [0], F: [[1]], f: [0], h: [0] };
  const problem = quadraticProblem(quadratic) as BilevelProblem<string, null>;
  const evaluate = (
    changes: Partial<BilevelProblem<string, null>>,
    point = pointAt<string>([1], { x0: 1 }, 0.1),
  ) =>
    hypergradient({
      problem: { ...problem, ...changes },
      point: point as never,
      trainingBatch: null,
      validationBatch: null,
      method: mixed(),
    });

  test('a problem without metaparameters', async () => {
    await expect(evaluate({ metaparameters: [] })).rejects.toThrow(
      'hypergradient: problem.metaparameters is []; expected at least one name.',
    );
  });

  test('weights without parameters', async () => {
    const point = { ...pointAt([1], { x0: 1 }, 0.1), weights: { parameters: [], statistics: [] } };
    await expect(evaluate({}, point)).rejects.toThrow(
      'hypergradient: point.weights.parameters is []; expected at least one tensor.',
    );
  });

  test('a metaparameter without a finite value', async () => {
    await expect(evaluate({}, pointAt([1], { x1: 1 } as never, 0.1))).rejects.toThrow(
      'hypergradient: metaparameters.x0 is undefined; expected a finite number. The problem depends on x0.',
    );
    await expect(evaluate({}, pointAt<string>([1], { x0: Number.NaN }, 0.1))).rejects.toThrow(
      'metaparameters.x0 is NaN',
    );
  });

  test('a metaparameter that the problem does not depend on', async () => {
    await expect(evaluate({}, pointAt<string>([1], { x0: 1, gamma: 2 }, 0.1))).rejects.toThrow(
      'hypergradient: point.metaparameters has gamma, on which the problem does not depend; expected x0. ' +
        'Leave it out, or choose a training loss that it enters.',
    );
  });

  test('a learning rate that is not finite or negative, but not one of zero, which a warm-up starts with', async () => {
    for (const learningRate of [undefined as never, Number.NaN, -0.1]) {
      await expect(evaluate({}, pointAt<string>([1], { x0: 1 }, learningRate))).rejects.toThrow(
        `hypergradient: point.learningRate is ${learningRate}; expected a finite number of at least 0.`,
      );
    }
    expect((await evaluate({}, pointAt<string>([1], { x0: 1 }, 0))).gradient).toEqual({ x0: 0 });
  });

  test('a point without optimizer state', async () => {
    const { optimizerState: _, ...point } = pointAt<string>([1], { x0: 1 }, 0.1);
    await expect(evaluate({}, point as never)).rejects.toThrow(
      'hypergradient: point.optimizerState is undefined; expected a list of tensors. ' +
        'Start with point.optimizer.initialize(parameters).',
    );
  });

  test('a route that is not known', () => {
    expect(() => mixed({ via: 'autograd' as never })).toThrow(
      "mixed: via is 'autograd'; expected jvp, vjp or auto. auto takes what the problem has.",
    );
  });

  test('forward mode of a problem that has no such rule, which auto does without', async () => {
    const backwardOnly: BilevelProblem<string, null> = {
      ...problem,
      training(weights, batch) {
        const { mixedProduct: _, ...rest } = problem.training(weights, batch);
        return rest;
      },
    };
    const run = (via: 'jvp' | 'auto') =>
      gradientOf(backwardOnly, pointAt<string>([1], { x0: 1 }, 0.1), null, null, mixed({ via }));
    await expect(run('jvp')).rejects.toThrow(
      "mixed: via is jvp; expected vjp or auto, as the problem has no mixedProduct. Use mixed({ via: 'auto' })",
    );
    // −γ (w' + 0) with w' = 1 − 0.1 (1 + 1)
    expect((await run('auto'))[0]).toBeCloseTo(-0.08, 6);
  });

  test('a radius that is not positive', () => {
    expect(() => finiteDifference({ radius: 0 })).toThrow(
      'finiteDifference: radius is 0; expected a positive number.',
    );
  });
});
