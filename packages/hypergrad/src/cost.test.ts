import { expect, test } from 'vitest';
import { addCosts, forwardEquivalents, operationCosts, plainStepCost, timesCost } from './cost.js';
import type { BilevelProblem } from './types.js';

const cost = { forwards: 1, backwards: 20, jvps: 300 };

test('costs add up and multiply, each kind of pass by itself', () => {
  expect(addCosts()).toEqual({ forwards: 0, backwards: 0, jvps: 0 });
  expect(addCosts(cost, plainStepCost, cost)).toEqual({ forwards: 3, backwards: 41, jvps: 600 });
  expect(timesCost(3, cost)).toEqual({ forwards: 3, backwards: 60, jvps: 900 });
});

test('a backward or forward-mode pass counts as two forward passes, so a plain step is three', () => {
  expect(forwardEquivalents(cost)).toBe(1 + 2 * 20 + 2 * 300);
  expect(forwardEquivalents(plainStepCost)).toBe(3);
});

test('an operation costs what the problem declares, otherwise what it costs if λ enters after the logits', () => {
  const problem = { metaparameters: ['a', 'b', 'c'] } as unknown as BilevelProblem<string, null>;
  const { mixedDerivatives, hessianVectorProduct, ...rest } = operationCosts(problem);
  expect(mixedDerivatives).toEqual({ forwards: 0, backwards: 3, jvps: 0 });
  expect(hessianVectorProduct).toEqual({ forwards: 2, backwards: 2, jvps: 0 });
  expect(operationCosts({ ...problem, costs: { mixedDerivatives: cost } })).toEqual({
    ...rest,
    hessianVectorProduct,
    mixedDerivatives: cost,
  });
});
