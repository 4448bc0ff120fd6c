import { expect, test } from 'vitest';
import { constant } from '../predictors/constant.js';
import { linear } from '../predictors/linear.js';
import type { Controller, Vector } from '../types.js';
import { alternate } from './alternate.js';

/** Runs a controller against an optimiser that adds `step`, and records action and metaparameters. */
function run<State>(controller: Controller<State>, iterations: number, step: Vector) {
  let state = controller.initialize();
  let current: Vector = step.map(() => 0);
  const trace: { action: string; metaparameters: Vector }[] = [];
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    const decision = controller.decide(state, iteration);
    if (decision.action === 'gradient') current = current.map((value, j) => value + (step[j] as number));
    if (decision.action === 'predict') current = decision.metaparameters;
    state = controller.observe(state, iteration, decision.action, current);
    trace.push({ action: decision.action, metaparameters: current });
  }
  return { trace, state };
}

const actions = (trace: readonly { action: string }[]) => trace.map(({ action }) => action[0]).join('');

test('starts without a history', () => {
  expect(alternate({ gradientIterations: 2, period: 3, predictor: linear() }).initialize()).toEqual({
    history: [],
  });
});

test('one block in every period computes gradients, the others predict', () => {
  const controller = alternate({ gradientIterations: 2, period: 3, predictor: linear() });
  expect(actions(run(controller, 14, [1]).trace)).toBe('ggppppggppppgg');
});

test('blocks of predictions may have a length of their own', () => {
  const controller = alternate({ gradientIterations: 3, predictedIterations: 2, predictor: linear() });
  const { trace } = run(controller, 12, [1]);
  expect(actions(trace)).toBe('gggppgggppgg');
  expect(trace.at(-1)?.metaparameters[0]).toBeCloseTo(12, 9);
  expect(controller.name).toBe('alternate(3+2, linear)');
});

test('on a straight trajectory linear predictions continue as the gradient would have', () => {
  const controller = alternate({ gradientIterations: 3, period: 4, predictor: linear() });
  const { trace } = run(controller, 24, [0.5, -2]);
  trace.forEach(({ metaparameters }, iteration) => {
    expect(metaparameters[0]).toBeCloseTo(0.5 * (iteration + 1), 9);
    expect(metaparameters[1]).toBeCloseTo(-2 * (iteration + 1), 9);
  });
});

test('the model is fitted to the last gradient block alone, counting steps from its end', () => {
  const controller = alternate({ gradientIterations: 2, period: 2, predictor: linear() });
  let state = controller.initialize();
  for (const [iteration, value] of [
    [0, 5],
    [1, 5],
    [4, 1],
    [5, 4],
  ] as const) {
    state = controller.observe(state, iteration, 'gradient', [value]);
  }
  expect(controller.decide(state, 6)).toEqual({ action: 'predict', metaparameters: [7] });
  expect(controller.decide(state, 7)).toEqual({ action: 'predict', metaparameters: [10] });
});

test('predictions leave the box raw without bounds and are projected with them', () => {
  const options = { gradientIterations: 2, period: 3, predictor: linear() };
  expect(run(alternate(options), 6, [0.4]).trace[5]?.metaparameters[0]).toBeCloseTo(2.4, 12);
  const projected = alternate({ ...options, bounds: [[0, 1]] });
  expect(run(projected, 6, [0.4]).trace[5]?.metaparameters).toEqual([1]);
});

test('a gradient block that was cut too short to fit is followed by holding', () => {
  const controller = alternate({ gradientIterations: 1, period: 3, predictor: linear() });
  expect(actions(run(controller, 6, [1]).trace)).toBe('ghhghh');
});

test('blocks are counted from zero again at each restart', () => {
  const controller = alternate({ gradientIterations: 2, period: 2, predictor: constant(), restartEvery: 5 });
  expect(actions(run(controller, 10, [1]).trace)).toBe('ggppgggppg');
});

test('the state survives JSON in the middle of a block of predictions', () => {
  const controller = alternate({ gradientIterations: 3, period: 3, predictor: linear() });
  const { state } = run(controller, 5, [1, 2]);
  const restored = JSON.parse(JSON.stringify(state));
  expect(controller.decide(restored, 5)).toEqual(controller.decide(state, 5));
});

test('refuses counts that are not positive integers and empty intervals', () => {
  const options = { gradientIterations: 10, period: 2, predictor: linear() };
  expect(() => alternate({ ...options, gradientIterations: 0 })).toThrow(
    'alternate: gradientIterations is 0; expected an integer of at least 1',
  );
  expect(() => alternate({ ...options, period: 1.5 })).toThrow('alternate: period is 1.5');
  expect(() => alternate({ ...options, restartEvery: 0 })).toThrow(
    'alternate: restartEvery is 0; expected an',
  );
  expect(() => alternate({ ...options, predictedIterations: 5 })).toThrow(
    'alternate: period is 2 and predictedIterations 5; expected one of the two',
  );
  expect(() => alternate({ gradientIterations: 10, predictor: linear() })).toThrow(
    'period is undefined and predictedIterations undefined',
  );
  expect(() => alternate({ gradientIterations: 10, predictedIterations: 0, predictor: linear() })).toThrow(
    'alternate: predictedIterations is 0; expected an integer of at least 1',
  );
  expect(() => alternate({ ...options, bounds: [[1, 0]] })).toThrow(
    'alternate: bounds[0] is [1, 0]; expected low <= high',
  );
});
