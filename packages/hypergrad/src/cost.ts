import type { Cost } from './types.js';

/** One forward and one backward pass: what a step of plain training makes. */
export const plainStepCost: Cost = { forwards: 1, backwards: 1, jvps: 0 };

export const addCosts = (a: Cost, b: Cost): Cost => ({
  forwards: a.forwards + b.forwards,
  backwards: a.backwards + b.backwards,
  jvps: a.jvps + b.jvps,
});

/**
 * A cost in forward passes, a backward or forward-mode pass counted as two: each takes two products the size of
 * the forward's one. A plain step is 3.
 */
export const forwardEquivalents = (cost: Cost): number => cost.forwards + 2 * cost.backwards + 2 * cost.jvps;
