import { axpy, solve, times, transposed } from './matrices.js';
import type { Quadratic } from './quadratic-problem.js';

/**
 * The hypergradient of the quadratic problem after K steps of gradient descent, in float64:
 * h − γ C Σ_{i<K} (I − γA)ⁱ (F z_K + f), z_{k+1} = z_k − γ(A z_k + Cᵀx + a).
 */
export function quadraticUnrolled(
  q: Quadratic,
  z: readonly number[],
  x: readonly number[],
  learningRate: number,
  steps = 1,
): number[] {
  let term = validationGradient(q, quadraticAfter(q, z, x, learningRate, steps));
  let total = z.map(() => 0);
  for (let i = 0; i < steps; i++) {
    total = axpy(total, term, 1);
    term = axpy(term, times(q.A, term), -learningRate);
  }
  return axpy(q.h, times(q.C, total), -learningRate);
}

/** z_K: the weights of the quadratic problem after steps of gradient descent, in float64. */
export const quadraticAfter = (
  q: Quadratic,
  z: readonly number[],
  x: readonly number[],
  learningRate: number,
  steps: number,
): number[] =>
  Array.from({ length: steps }).reduce<number[]>(
    (at) => axpy(at, trainingGradient(q, at, x), -learningRate),
    [...z],
  );

/** The minimum z* = −A⁻¹(Cᵀx + a) of the quadratic problem's training loss, in float64; A is positive definite. */
export const quadraticOptimum = (q: Quadratic, x: readonly number[]): number[] =>
  solve(
    q.A,
    trainingGradient(
      q,
      q.a.map(() => 0),
      x,
    ),
  ).map((value) => -value);

/** The hypergradient of the quadratic problem at that minimum, in float64: h − C A⁻¹(F z* + f). */
export const quadraticImplicit = (q: Quadratic, x: readonly number[]): number[] =>
  axpy(q.h, times(q.C, solve(q.A, validationGradient(q, quadraticOptimum(q, x)))), -1);

const trainingGradient = (q: Quadratic, z: readonly number[], x: readonly number[]): number[] =>
  axpy(axpy(times(q.A, z), times(transposed(q.C, q.a.length), x), 1), q.a, 1);

const validationGradient = (q: Quadratic, z: readonly number[]): number[] => axpy(times(q.F, z), q.f, 1);
