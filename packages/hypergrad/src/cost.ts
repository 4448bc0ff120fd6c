import type { BilevelProblem, Cost, OperationCosts } from './types.js';

const none: Cost = { forwards: 0, backwards: 0, jvps: 0 };

/** One forward and one backward pass: what a step of plain training makes. */
export const plainStepCost: Cost = { forwards: 1, backwards: 1, jvps: 0 };

/** The sum of any number of costs. */
export const addCosts = (...costs: readonly Cost[]): Cost =>
  costs.reduce(
    (total, cost) => ({
      forwards: total.forwards + cost.forwards,
      backwards: total.backwards + cost.backwards,
      jvps: total.jvps + cost.jvps,
    }),
    none,
  );

/** A cost taken so many times. */
export const timesCost = (times: number, cost: Cost): Cost => ({
  forwards: times * cost.forwards,
  backwards: times * cost.backwards,
  jvps: times * cost.jvps,
});

/**
 * A cost in forward passes, a backward or forward-mode pass counted as two: each takes two products the size of
 * the forward's one. A plain step is 3.
 */
export const forwardEquivalents = (cost: Cost): number => cost.forwards + 2 * cost.backwards + 2 * cost.jvps;

/** What each operation of a problem costs: what it declares, otherwise what it costs if λ enters after the logits. */
export const operationCosts = <Name extends string, TrainingBatch, ValidationBatch>(
  problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
): OperationCosts => ({
  training: { ...none, forwards: 1 },
  valueAndGradient: { ...none, backwards: 1 },
  metaparameterGradient: none,
  mixedDerivatives: { ...none, backwards: problem.metaparameters.length },
  mixedProduct: { ...none, jvps: 1 },
  // A central difference of two gradients.
  hessianVectorProduct: { ...none, forwards: 2, backwards: 2 },
  linearize: { ...none, backwards: 1 },
  along: { ...none, jvps: 1 },
  // The tangents of a cotangent and of a parameter's gradient take two products each.
  gradientTangent: { ...none, backwards: 2 },
  validation: plainStepCost,
  ...problem.costs,
});
