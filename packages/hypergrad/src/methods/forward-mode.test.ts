import {
  expectNoLeak,
  inFloat64,
  quadraticProblem,
  quadraticUnrolled,
  relativeError,
  ridgeProblem,
  toNumbers,
} from '@metadistill/testing';
import { dispose, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  arbitraryQuadratic,
  FLOAT64_TOLERANCE,
  named,
  pointAt,
  regressions,
  scaledError,
  stableQuadratic,
} from '../../test/analytic-points.js';
import { hypergradient } from '../hypergradient.js';
import { adam } from '../inner/adam.js';
import { momentum } from '../inner/momentum.js';
import { sgd } from '../inner/sgd.js';
import { withWeightDecay } from '../inner/with-weight-decay.js';
import type { BilevelProblem, InnerOptimizer, InnerPoint } from '../types.js';
import { forwardMode } from './forward-mode.js';
import { unrolled } from './unrolled.js';

const { training, validation } = regressions;

/** The gradient of the last of several calls at fixed λ, each with the state of the one before. */
function afterSteps<Name extends string, Batch>(
  problem: BilevelProblem<Name, Batch>,
  start: InnerPoint<Name>,
  [trainingBatch, validationBatch]: readonly [Batch, Batch],
  options: { readonly steps: number; readonly decay: number; readonly plain?: number },
): number[] {
  const method = forwardMode({ decay: options.decay });
  let point = start;
  let state: readonly Tensor[] = [];
  let gradient: number[] = [];
  tidy(() => {
    for (let k = 0; k < options.steps; k++) {
      const isPlain = k < (options.plain ?? 0);
      const result = isPlain
        ? method.advance?.({ problem, point, trainingBatch, state })
        : method.evaluate({ problem, point, trainingBatch, validationBatch, state });
      if (result === undefined) throw new Error('forwardMode has no advance');
      if ('gradient' in result) gradient = toNumbers(result.gradient as Tensor);
      point = { ...point, ...result.next };
      state = result.state;
    }
  });
  return gradient;
}

const started = (weights: readonly number[], optimizer: InnerOptimizer): InnerPoint<'weightDecay'> => {
  const parameters = [tensor1d([...weights])];
  return {
    weights: { parameters, statistics: [] },
    metaparameters: { weightDecay: 0.3 },
    optimizer,
    optimizerState: optimizer.initialize(parameters),
    learningRate: 0.1,
  };
};

test('without discount K calls give the closed form of K steps on the quadratic problem', async () => {
  await fc.assert(
    fc.asyncProperty(
      arbitraryQuadratic,
      fc.integer({ min: 1, max: 5 }),
      async ({ q, z, x, learningRate }, steps) => {
        const got = await inFloat64(() =>
          afterSteps(
            quadraticProblem(q) as BilevelProblem<string, null>,
            pointAt(z, named(x), learningRate),
            [null, null],
            { steps, decay: 1 },
          ),
        );
        const expected = quadraticUnrolled(q, z, x, learningRate, steps);
        expect(scaledError(got, expected)).toBeLessThan(FLOAT64_TOLERANCE);
      },
    ),
    { numRuns: 30 },
  );
});

test.each([0, 1, 2, 3])('%i plain steps before carry the tangents on as evaluations would', async (plain) => {
  const expected = quadraticUnrolled(stableQuadratic, [1, -1], [0.3, 0.4], 0.2, 4);
  const got = await inFloat64(() =>
    afterSteps(
      quadraticProblem(stableQuadratic) as BilevelProblem<string, null>,
      pointAt([1, -1], named([0.3, 0.4]), 0.2),
      [null, null],
      { steps: 4, decay: 1, plain },
    ),
  );
  expect(relativeError(got, expected)).toBeLessThan(FLOAT64_TOLERANCE);
});

test('a step k steps ago counts as much as the decay to the power k', async () => {
  // One weight, A = 0: every step adds −γC to dw/dλ, so that three steps give −γC (1 + μ + μ²) times ∇V = f.
  const flat = { A: [[0]], C: [[1]], a: [0], F: [[0]], f: [2], h: [0] };
  const got = await inFloat64(() =>
    afterSteps(
      quadraticProblem(flat) as BilevelProblem<string, null>,
      pointAt([1], named([0.5]), 0.1),
      [null, null],
      { steps: 3, decay: 0.6 },
    ),
  );
  expect(got[0]).toBeCloseTo(-0.1 * 2 * (1 + 0.6 + 0.36), 12);
});

describe.each([
  ['sgd', sgd()],
  ['momentum', momentum({ momentum: 0.9 })],
  ['Nesterov', momentum({ momentum: 0.9, nesterov: true })],
  ['Adam', adam()],
  ['Adam with weight decay', withWeightDecay({ optimizer: adam(), weightDecay: 0.1 })],
] as const)('%s', (_, optimizer) => {
  test('has the same derivative after four steps forwards and backwards', async () => {
    const problem = ridgeProblem() as BilevelProblem<'weightDecay', typeof training>;
    const forwards = await inFloat64(() =>
      afterSteps(problem, started([0.8, -0.6], optimizer), [training, validation], {
        steps: 4,
        decay: 1,
      }),
    );
    const backwards = await inFloat64(async () => {
      const point = started([0.8, -0.6], optimizer);
      const { gradient } = await hypergradient({
        problem,
        point,
        trainingBatch: training,
        validationBatch: validation,
        method: unrolled({ steps: 4 }),
      });
      dispose([...point.weights.parameters, ...point.optimizerState]);
      return gradient;
    });
    expect(relativeError(forwards, [backwards.weightDecay])).toBeLessThan(FLOAT64_TOLERANCE);
  });
});

test('leaves nothing behind but what it returns, and borrows its state', async () => {
  const problem = quadraticProblem(stableQuadratic) as BilevelProblem<string, null>;
  const method = forwardMode({ decay: 0.7 });
  const point = pointAt([1, -1], named([0.3, 0.4]), 0.2);
  await expectNoLeak(() => {
    const first = method.advance!({ problem, point, trainingBatch: null, state: [] });
    const second = method.evaluate({
      problem,
      point,
      trainingBatch: null,
      validationBatch: null,
      state: first.state,
    });
    expect(first.state.every(({ isDisposed }) => !isDisposed)).toBe(true);
    for (const { next, state } of [first, second])
      dispose([...next.weights.parameters, ...next.optimizerState, ...state]);
    const { gradient, trainingLoss, validationLoss, diagnostics } = second;
    dispose([first.trainingLoss, gradient, trainingLoss, validationLoss, { ...diagnostics }] as never);
  });
  dispose([...point.weights.parameters]);
});

test('a decay outside 0..1 and a state of other weights are refused', async () => {
  expect(() => forwardMode({ decay: 1.1 })).toThrow(
    'forwardMode: decay is 1.1; expected a number from 0 to 1.',
  );
  const problem = quadraticProblem(stableQuadratic) as BilevelProblem<string, null>;
  const point = pointAt([1, -1], named([0.3, 0.4]), 0.2);
  await expect(
    hypergradient({
      problem,
      point,
      trainingBatch: null,
      validationBatch: null,
      method: forwardMode({ decay: 0.5 }),
      state: [...point.weights.parameters],
    }),
  ).rejects.toThrow('forwardMode: state has 1 tensors; expected 2, or none at the start.');
  dispose([...point.weights.parameters]);
});
