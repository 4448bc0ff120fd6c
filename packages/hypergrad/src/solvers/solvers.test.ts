import { relativeError, solve, times, toNumbers } from '@metadistill/testing';
import { clone, dispose, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { conjugateGradient } from './conjugate-gradient.js';
import { fixedPoint } from './fixed-point.js';
import { identity } from './identity.js';
import { neumann } from './neumann.js';
import type { Solver } from './types.js';

const H = [
  [2, 0.3],
  [0.3, 0.7],
];
const v = [1, -2];
const learningRate = 0.4;

/** Solves H x = v for plain gradient descent; what it gives as numbers, and how many products it made. */
function run(solver: Solver, rightHandSide: readonly number[] = v) {
  let products = 0;
  const right = [tensor1d([...rightHandSide])];
  const { direction, residual } = solver.solve({
    rightHandSide: right,
    multiply: ([d]) => {
      products += 1;
      return [tensor1d(times(H, toNumbers(d!)))];
    },
    learningRate,
    pullBack: ([q]) => ({
      parameters: [clone(q!)],
      gradient: [tensor1d(toNumbers(q!).map((value) => -learningRate * value))],
    }),
  });
  const solution = toNumbers(direction[0]!).map((value) => -value);
  const left = residual && toNumbers(residual)[0]!;
  dispose([...right, ...direction, ...(residual ? [residual] : [])]);
  return { solution, residual: left, products };
}

const norm = (values: readonly number[]) => Math.hypot(...values);

describe.each([conjugateGradient, neumann, fixedPoint])('$name', (solver) => {
  test('comes to the solution, and its residual to zero', () => {
    const { solution, residual } = run(solver({ iterations: 200 }));
    expect(relativeError(solution, solve(H, v))).toBeLessThan(1e-5); // float32
    expect(residual).toBeLessThan(1e-5);
  });

  test('makes 10 products by default, as many as it is told, and none if told so', () => {
    expect(run(solver()).products).toBe(10);
    expect(run(solver({ iterations: 3 })).products).toBe(3);
    const none = run(solver({ iterations: 0 }));
    expect(none).toEqual({ products: 0, residual: 1, solution: [0, 0].map(() => expect.closeTo(0, 12)) });
  });

  test('stops at the first residual that is within the tolerance', () => {
    const residuals = [0, 1, 2, 3, 4, 5, 6].map((iterations) => run(solver({ iterations })).residual!);
    const first = residuals.findIndex((residual) => residual <= 0.4);
    expect(first).toBeGreaterThan(0);
    const { products, residual } = run(solver({ iterations: 50, tolerance: 0.4 }));
    expect(products).toBe(first);
    expect(residual).toBe(residuals[first]);
    // At the residual itself it stops too.
    expect(run(solver({ iterations: 50, tolerance: residuals[first]! })).products).toBe(first);
  });

  test('of v = 0 gives 0, not 0 / 0', () => {
    const { solution, residual } = run(solver({ iterations: 2 }), [0, 0]);
    expect(solution.map(Math.abs)).toEqual([0, 0]);
    expect(residual).toBe(0);
  });

  test('has its name', () => {
    expect(solver().name).toBe(solver.name);
  });
});

test('conjugate gradients need as many products as H has eigenvalues, and the first step is that of steepest descent', () => {
  expect(run(conjugateGradient({ iterations: 2 })).residual).toBeLessThan(1e-6);
  const Hv = times(H, v);
  const length = (v[0]! ** 2 + v[1]! ** 2) / (v[0]! * Hv[0]! + v[1]! * Hv[1]!);
  const { solution, residual } = run(conjugateGradient({ iterations: 1 }));
  expect(
    relativeError(
      solution,
      v.map((value) => length * value),
    ),
  ).toBeLessThan(1e-6);
  const left = v.map((value, i) => value - length * Hv[i]!);
  expect(residual).toBeCloseTo(norm(left) / norm(v), 6);
});

test.each([
  [undefined, learningRate],
  [0.25, 0.25],
])('two terms of Neumann at step size %s are η (v + (I − η H) v), η = %f', (stepSize, eta) => {
  const Hv = times(H, v);
  const expected = v.map((value, i) => eta * (2 * value - eta * Hv[i]!));
  const options = stepSize === undefined ? {} : { stepSize };
  const { solution, residual } = run(neumann({ iterations: 2, ...options }));
  expect(relativeError(solution, expected)).toBeLessThan(1e-6);
  const once = v.map((value, i) => value - eta * Hv[i]!);
  const H1 = times(H, once);
  expect(residual).toBeCloseTo(norm(once.map((value, i) => value - eta * H1[i]!)) / norm(v), 6);
});

test('the fixed point of gradient descent is the Neumann series, term by term', () => {
  for (const iterations of [1, 2, 5]) {
    const [a, b] = [run(fixedPoint({ iterations })), run(neumann({ iterations }))];
    expect(relativeError(a.solution, b.solution)).toBeLessThan(1e-6);
    expect(a.residual).toBeCloseTo(b.residual!, 6);
  }
});

test('the identity is η v without a product and without a residual, η the learning rate unless given', () => {
  const { solution, residual, products } = run(identity());
  expect(
    relativeError(
      solution,
      v.map((value) => learningRate * value),
    ),
  ).toBeLessThan(1e-7);
  expect([residual, products]).toEqual([undefined, 0]);
  expect(
    relativeError(
      run(identity({ stepSize: 3 })).solution,
      v.map((value) => 3 * value),
    ),
  ).toBeLessThan(1e-7);
  expect(identity().name).toBe('identity');
});
