import { convexMix, crossEntropy } from '@metadistill/losses';
import { logisticRegression } from '@metadistill/models';
import {
  axpy,
  centralDifference,
  dartsToy,
  inner,
  logisticImplicit,
  logisticOptimum,
  logisticProblem,
  logisticValidationAfter,
  quadraticImplicit,
  quadraticOptimum,
  quadraticProblem,
  quadraticUnrolled,
  ridgeImplicit,
  ridgeOptimum,
  ridgeProblem,
  ridgeValidationAfter,
  solve,
  transposed,
} from '@metadistill/testing';
import { tensor } from '@tensorflow/tfjs-core';
import { logitProblem } from '../src/problems/logit-problem.js';
import type { BilevelProblem } from '../src/types.js';
import { named, regressions, stableQuadratic } from './analytic-points.js';
import {
  type LinearWeights,
  linearBatch,
  linearTensors,
  linearTrainingGradient,
  linearValidationLoss,
  scattered,
} from './linear-student.js';

/** A bilevel problem whose hypergradients are known in float64, and the point that they are taken at. */
export interface AnalyticProblem {
  readonly name: string;
  readonly problem: BilevelProblem<string, unknown>;
  /** The training and the validation batch, made anew where they are tensors. */
  readonly batches: () => readonly [training: unknown, validation: unknown];
  readonly shapes: readonly (readonly number[])[];
  readonly metaparameters: Readonly<Record<string, number>>;
  readonly learningRate: number;
  /** Where gradient descent starts, all weights one after the other. */
  readonly start: readonly number[];
  /** dV/dλ after so many steps of gradient descent from there. */
  afterSteps(steps: number): number[];
  /** Of L + damping ‖w‖²/2: where the weights end, and dV/dλ there. */
  readonly damping: number;
  readonly optimum: readonly number[];
  readonly atOptimum: readonly number[];
}

/** The problem with its types of names and batches forgotten. */
const general = (problem: unknown) => problem as BilevelProblem<string, unknown>;

const x = [0.3, 0.4];
const quadratic: AnalyticProblem = {
  name: 'the quadratic problem',
  problem: general(quadraticProblem(stableQuadratic)),
  batches: () => [null, null],
  shapes: [[2]],
  metaparameters: named(x),
  learningRate: 0.4,
  start: [1, -1],
  afterSteps: (steps) => quadraticUnrolled(stableQuadratic, [1, -1], x, 0.4, steps),
  damping: 0,
  optimum: quadraticOptimum(stableQuadratic, x),
  atOptimum: quadraticImplicit(stableQuadratic, x),
};

const { training, validation } = regressions;
const ridge: AnalyticProblem = {
  name: 'ridge regression',
  problem: general(ridgeProblem()),
  batches: () => [training, validation],
  shapes: [[2]],
  metaparameters: { weightDecay: 0.3 },
  learningRate: 0.4,
  start: [0.8, -0.6],
  afterSteps: (steps) =>
    centralDifference(
      ([decay]) => ridgeValidationAfter(steps, training, validation, [0.8, -0.6], decay!, 0.4),
      [0.3],
    ),
  damping: 0,
  optimum: ridgeOptimum(training, 0.3),
  atOptimum: [ridgeImplicit(training, validation, 0.3)],
};

const [signs, otherSigns] = [
  { ...training, y: [1, -1, 1] },
  { ...validation, y: [1, -1] },
];
const penalties = [0.5, 0.9];
const logistic: AnalyticProblem = {
  name: 'logistic regression with a penalty a weight',
  problem: general(logisticProblem(2)),
  batches: () => [signs, otherSigns],
  shapes: [[2]],
  metaparameters: { penalty0: 0.5, penalty1: 0.9 },
  learningRate: 0.4,
  start: [0.8, -0.6],
  afterSteps: (steps) =>
    centralDifference(
      (at) => logisticValidationAfter(steps, signs, otherSigns, [0.8, -0.6], at, 0.4),
      penalties,
    ),
  damping: 0,
  optimum: logisticOptimum(signs, penalties),
  atOptimum: logisticImplicit(signs, otherSigns, penalties),
};

/** w_K = ρᴷ w + (1 − ρᴷ) α with ρ = 1 − 2γ, so that dV/dα = w_K − 2 + α (1 − ρᴷ). */
const darts: AnalyticProblem = {
  name: "DARTS' toy",
  problem: general(dartsToy()),
  batches: () => [null, null],
  shapes: [[1]],
  metaparameters: { alpha: 1.7 },
  learningRate: 0.3,
  start: [-2],
  afterSteps: (steps) => {
    const left = 0.4 ** steps;
    return [left * -2 + (1 - left) * 1.7 - 2 + 1.7 * (1 - left)];
  },
  damping: 0,
  optimum: [1.7],
  atOptimum: [2 * 1.7 - 2],
};

const [linearTraining, linearValidation] = [linearBatch(6, 1), linearBatch(5, 9)];
const distillation = [0.4, 3];
const linearStart = scattered(16, 20);
const linearDamping = 0.3;
/** 3 × 4 weights and 4 biases of one list. */
const unflatten = (w: readonly number[]): LinearWeights => ({
  W: [0, 1, 2].map((row) => w.slice(4 * row, 4 * row + 4)),
  b: w.slice(12),
});
const linearGradient = (w: readonly number[], [fraction, temperature]: readonly number[]): number[] => {
  const at = { distillationFraction: fraction!, temperature: temperature! };
  const { W, b } = linearTrainingGradient(unflatten(w), linearTraining, at);
  return [...W.flat(), ...b];
};

/** Newton's method with a Hessian of differences: where the damped gradient is zero to 1e-13. */
function linearOptimum(at: readonly number[]): number[] {
  const slope = (w: readonly number[]) => axpy(linearGradient(w, at), w, linearDamping);
  let w: number[] = linearStart;
  for (let i = 0; i < 100; i++) {
    const columns = w.map((_, j) => {
      const unit = w.map((_, k) => Number(k === j));
      const difference = axpy(slope(axpy(w, unit, 1e-6)), slope(axpy(w, unit, -1e-6)), -1);
      return difference.map((value) => value / 2e-6);
    });
    const step = solve(transposed(columns, w.length), slope(w));
    w = axpy(w, step, -1);
    if (Math.sqrt(inner(step, step)) < 1e-13) return w;
  }
  throw new Error('linearOptimum: Newton made no end in 100 steps.');
}

const linearStudent: AnalyticProblem = {
  name: 'the linear distillation student',
  problem: general(
    logitProblem({
      model: logisticRegression({ inputs: 3, classes: 4 }),
      trainingLoss: convexMix({ scaling: 'none' }),
      validationLoss: crossEntropy(),
    }),
  ),
  batches: () => [linearTensors(linearTraining), linearTensors(linearValidation)],
  shapes: [[3, 4], [4]],
  metaparameters: { distillationFraction: 0.4, temperature: 3 },
  learningRate: 0.3,
  start: linearStart,
  afterSteps: (steps) =>
    centralDifference((at) => {
      let w: number[] = linearStart;
      for (let k = 0; k < steps; k++) w = axpy(w, linearGradient(w, at), -0.3);
      return linearValidationLoss(unflatten(w), linearValidation);
    }, distillation),
  damping: linearDamping,
  optimum: linearOptimum(distillation),
  atOptimum: centralDifference(
    (at) => linearValidationLoss(unflatten(linearOptimum(at)), linearValidation),
    distillation,
  ),
};

export const analyticProblems: readonly AnalyticProblem[] = [
  quadratic,
  ridge,
  logistic,
  darts,
  linearStudent,
];

/** All weights one after the other as tensors of the problem's shapes. */
export function tensorsOf({ shapes }: AnalyticProblem, w: readonly number[]) {
  let used = 0;
  return shapes.map((shape) => {
    const size = shape.reduce((product, length) => product * length, 1);
    used += size;
    return tensor(w.slice(used - size, used), [...shape]);
  });
}
