import { expect, test } from 'vitest';
import { autoregressive } from '../predictors/autoregressive.js';
import { constant } from '../predictors/constant.js';
import { linear } from '../predictors/linear.js';
import type { Vector } from '../types.js';
import { type AdaptiveOptions, type AdaptiveState, adaptive } from './adaptive.js';

const options: AdaptiveOptions = { predictor: linear(), budget: 1.5, gradientCost: 3 };

/** Runs the controller; `gradient` says how a gradient iteration changes the metaparameters. */
function run(given: AdaptiveOptions, iterations: number, gradient: (iteration: number) => Vector) {
  const controller = adaptive(given);
  let state: AdaptiveState = controller.initialize();
  let current: Vector = gradient(0).map(() => 0);
  let [actions, cost] = ['', 0];
  const trace: Vector[] = [];
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    const decision = controller.decide(state, iteration);
    if (decision.action === 'gradient') {
      const change = gradient(iteration);
      current = current.map((value, j) => value + change[j]!);
    }
    if (decision.action === 'predict') current = decision.metaparameters;
    actions += decision.action[0];
    cost += decision.action === 'gradient' ? (given.gradientCost ?? 8 / 3) : 1;
    state = controller.observe(state, iteration, decision.action, current);
    trace.push(current);
  }
  return { actions, cost, trace, state };
}

const longest = (actions: string) => Math.max(...actions.split('g').map((block) => block.length));

test('if gradients do as predicted, predictions grow to the longest allowed', () => {
  const { actions, trace } = run({ ...options, longestPrediction: 32 }, 400, () => [0.01, -0.02]);
  expect(actions.startsWith('ggp')).toBe(true);
  expect(longest(actions)).toBe(32);
  // A straight trajectory is followed as if every iteration had a gradient.
  expect(trace.at(-1)?.[0]).toBeCloseTo(4, 9);
});

test('if gradients keep turning round, predictions stay as short as the budget lets them', () => {
  const turning = run(options, 400, (iteration) => [Math.floor(iteration / 7) % 2 === 0 ? 0.01 : -0.01]);
  const straight = run(options, 400, () => [0.01]);
  const gradients = (actions: string) => actions.split('g').length - 1;
  expect(gradients(turning.actions)).toBeGreaterThan(2 * gradients(straight.actions));
});

test('the mean cost stays within the budget, up to one block', () => {
  for (const budget of [1.1, 1.5, 2]) {
    const { cost } = run({ ...options, budget }, 1000, (iteration) => [Math.sin(iteration)]);
    // A block of 2 gradients may be ahead of what was saved by 2·(3 − budget).
    expect(cost).toBeLessThanOrEqual(1000 * budget + 2 * (3 - budget));
  }
});

test('a metaparameter that keeps turning round goes ever less of its predicted way, another all of it', () => {
  const { state } = run(options, 400, (iteration) => [
    0.01,
    Math.floor(iteration / 5) % 2 === 0 ? 0.01 : -0.01,
  ]);
  expect(state.trust?.[0]).toBe(1);
  expect(state.trust?.[1]).toBeLessThan(0.3);
});

test('predictions are projected onto the box', () => {
  const { trace } = run({ ...options, bounds: [[0, 0.5]] }, 200, () => [0.01]);
  const predicted = trace.map(([value]) => value!);
  // Gradient iterations of this test leave the box by themselves: two steps of 0.01.
  expect(Math.max(...predicted)).toBeLessThanOrEqual(0.52 + 1e-9);
});

test('the state survives JSON', () => {
  const { state } = run(options, 50, () => [0.01, 0.02]);
  const controller = adaptive(options);
  expect(controller.decide(JSON.parse(JSON.stringify(state)), 50)).toEqual(controller.decide(state, 50));
});

test('without more said, a block is as long as its predictor needs, and at least 2', () => {
  const opening = (predictor: AdaptiveOptions['predictor']) =>
    run({ predictor, budget: 1.5 }, 4, () => [0.01]).actions;
  expect(opening(constant())).toBe('ggpp');
  expect(opening(autoregressive())).toBe('gggp');
});

test('the first prediction is as long as saving for a block of gradients takes', () => {
  const horizon = (given: Partial<AdaptiveOptions>) =>
    adaptive({ ...options, ...given }).initialize().horizon;
  // 2 gradients of 3 plain steps cost 2·(3 − 1.5) more than the budget, and an iteration saves 0.5.
  expect(horizon({})).toBe(6);
  expect(horizon({ longestPrediction: 4 })).toBe(4);
  expect(horizon({ budget: 3.5 })).toBe(1);
  // The exact shared step: 2·(8/3 − 1.5)/0.5, rounded up.
  expect(adaptive({ predictor: linear(), budget: 1.5 }).initialize().horizon).toBe(5);
});

/** What is learnt from a block whose second gradient brings one metaparameter from 0 to 2: a mean change of 1. */
function learn(known: Partial<AdaptiveState>) {
  const before: AdaptiveState = {
    phase: 'gradient',
    done: 1,
    history: [[1]],
    before: [0],
    horizon: 8,
    credit: 0,
    ...known,
  };
  const { horizon, trust } = adaptive(options).observe(before, 9, 'gradient', [2]);
  return { horizon, trust: trust?.[0] };
}

test('a change is a surprise if it differs by more than 0.7 of both sizes from the predicted one', () => {
  // |1 − 0.2| is 0.67 of 1 + 0.2, and |1 − 0.17| is 0.71 of 1 + 0.17.
  expect(learn({ predictedChange: [0.2] })).toEqual({ horizon: 12, trust: 1 });
  expect(learn({ predictedChange: [0.17] })).toEqual({ horizon: 4, trust: 0.5 });
  expect(learn({ predictedChange: [-1] })).toEqual({ horizon: 4, trust: 0.5 });
  // Rest, as predicted, is none.
  expect(learn({ history: [[2]], before: [2], predictedChange: [0] })).toEqual({ horizon: 12, trust: 1 });
});

test('trust and horizon shrink by half and grow by half, within their limits', () => {
  expect(learn({ predictedChange: [1], horizon: 3, trust: [0.4] })).toEqual({ horizon: 5, trust: 0.4 * 1.5 });
  expect(learn({ predictedChange: [1], horizon: 19 }).horizon).toBe(20);
  expect(learn({ predictedChange: [-1], horizon: 1, trust: [0.06] })).toEqual({ horizon: 1, trust: 0.05 });
});

test('a prediction that has come to its end is held there until there is credit', () => {
  const state: AdaptiveState = { phase: 'predict', done: 5, history: [[0], [1]], horizon: 3, credit: -1 };
  expect(adaptive(options).decide(state, 9)).toEqual({ action: 'predict', metaparameters: [4] });
});

test('refuses a budget that allows no gradient and blocks too short to fit', () => {
  expect(() => adaptive({ ...options, budget: 1 })).toThrow(
    'budget is 1 and gradientCost 3; expected both above 1',
  );
  expect(() => adaptive({ ...options, gradientIterations: 1 })).toThrow(
    'adaptive: gradientIterations is 1; expected an integer of at least 2',
  );
  expect(() => adaptive({ ...options, longestPrediction: 0 })).toThrow('adaptive: longestPrediction is 0');
  expect(() => adaptive({ ...options, gradientCost: 1 })).toThrow(
    'adaptive: budget is 1.5 and gradientCost 1;',
  );
  expect(() => adaptive({ ...options, bounds: [[1, 0]] })).toThrow('adaptive: bounds[0] is [1, 0]');
});
