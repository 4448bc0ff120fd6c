import { expect, test } from 'vitest';
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

test('where gradients do as predicted, predictions grow to the longest allowed', () => {
  const { actions, trace } = run({ ...options, longestPrediction: 32 }, 400, () => [0.01, -0.02]);
  expect(actions.startsWith('ggp')).toBe(true);
  expect(longest(actions)).toBe(32);
  // A straight trajectory is followed as if every iteration had a gradient.
  expect(trace.at(-1)?.[0]).toBeCloseTo(4, 9);
});

test('where gradients keep turning round, predictions stay as short as the budget lets them', () => {
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

test('refuses a budget that allows no gradient and blocks too short to fit', () => {
  expect(() => adaptive({ ...options, budget: 1 })).toThrow(
    'budget is 1 and gradientCost 3; expected both above 1',
  );
  expect(() => adaptive({ ...options, gradientIterations: 1 })).toThrow(
    'gradientIterations is 1; expected an integer of at least 2',
  );
});
