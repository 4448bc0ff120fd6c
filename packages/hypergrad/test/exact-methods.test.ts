import { inFloat64, relativeError } from '@metadistill/testing';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { sgd } from '../src/inner/sgd.js';
import { withWeightDecay } from '../src/inner/with-weight-decay.js';
import { forwardMode } from '../src/methods/forward-mode.js';
import { implicit } from '../src/methods/implicit.js';
import { unrolled } from '../src/methods/unrolled.js';
import { conjugateGradient } from '../src/solvers/conjugate-gradient.js';
import { fixedPoint } from '../src/solvers/fixed-point.js';
import { neumann } from '../src/solvers/neumann.js';
import type { HypergradientMethod } from '../src/types.js';
import { type AnalyticProblem, analyticProblems, tensorsOf } from './analytic-problems.js';
import { exactOneStepMethods } from './parts.js';

/** The last of several calls, each continuing from the one before. */
function gradientOf(
  analytic: AnalyticProblem,
  method: HypergradientMethod,
  { from = analytic.start, calls = 1 }: { readonly from?: readonly number[]; readonly calls?: number } = {},
): number[] {
  const { problem, metaparameters, learningRate, damping } = analytic;
  const optimizer =
    from === analytic.optimum && damping > 0
      ? withWeightDecay({ optimizer: sgd(), weightDecay: damping })
      : sgd();
  let gradient: number[] = [];
  tidy(() => {
    const [training, validation] = analytic.batches();
    let weights = {
      parameters: tensorsOf(analytic, from) as readonly Tensor[],
      statistics: [] as readonly Tensor[],
    };
    let state: readonly Tensor[] = [];
    for (let call = 0; call < calls; call++) {
      const point = { weights, metaparameters, optimizer, optimizerState: [], learningRate };
      const result = method.evaluate({
        problem,
        point,
        trainingBatch: training,
        validationBatch: validation,
        state,
      });
      gradient = Array.from(result.gradient.dataSync());
      weights = result.next.weights;
      state = result.state;
    }
  });
  return gradient;
}

/**
 * Closed forms and float64 differences are known to 1e-9; float32 loses some tens of roundings. Each message names the
 * metaparameter whose derivative is off the most.
 */
function expectExact({ problem }: AnalyticProblem, expected: readonly number[], run: () => number[]): void {
  for (const [precision, got, tolerance] of [
    ['float64', inFloat64(run), 1e-6],
    ['float32', run(), 1e-4],
  ] as const) {
    const errors = expected.map((value, j) => Math.abs(got[j]! - value));
    const worst = errors.indexOf(Math.max(...errors));
    const of = `dV/d(${problem.metaparameters[worst]}) in ${precision} is ${got[worst]}, not ${expected[worst]}; relative error`;
    expect(relativeError(got, expected), of).toBeLessThan(tolerance);
  }
}

describe.each(analyticProblems)('on $name', (analytic) => {
  test.each(exactOneStepMethods)('$name is the derivative after one step', (method) => {
    expectExact(analytic, analytic.afterSteps(1), () => gradientOf(analytic, method));
  });

  test('an unroll, and forward mode without discount, are the derivative after five steps', () => {
    const expected = analytic.afterSteps(5);
    expectExact(analytic, expected, () => gradientOf(analytic, unrolled({ steps: 5 })));
    expectExact(analytic, expected, () => gradientOf(analytic, forwardMode({ decay: 1 }), { calls: 5 }));
  });

  const { damping, optimum, atOptimum } = analytic;

  test.each([
    implicit({ solver: conjugateGradient({ iterations: 20 }), damping }),
    implicit({ solver: conjugateGradient({ iterations: 50, tolerance: 1e-6 }), damping }),
    implicit({ solver: neumann({ iterations: 300 }), damping }),
    implicit({ solver: fixedPoint({ iterations: 300 }) }),
  ])('$name is the derivative at the optimum', (method) => {
    expectExact(analytic, atOptimum, () => gradientOf(analytic, method, { from: optimum }));
  });

  test.each([neumann, fixedPoint])('$name converges to it as its iterations grow', (solver) => {
    const errors = [1, 4, 16, 64].map((iterations) => {
      const method = implicit({
        solver: solver({ iterations }),
        ...(solver === neumann && { damping }),
      });
      return relativeError(
        inFloat64(() => gradientOf(analytic, method, { from: optimum })),
        atOptimum,
      );
    });
    for (const [i, error] of errors.slice(1).entries())
      expect(error).toBeLessThan(Math.max(errors[i]! / 2, 1e-8));
  });

  test.each([1, 2, 7])('%d unrolled steps at the optimum are as many terms of the Neumann series', (K) => {
    const series = implicit({ solver: neumann({ iterations: K }), damping });
    // The weights stay, and the Hessian with them.
    const expected = inFloat64(() => gradientOf(analytic, series, { from: optimum }));
    expectExact(analytic, expected, () => gradientOf(analytic, unrolled({ steps: K }), { from: optimum }));
  });
});
