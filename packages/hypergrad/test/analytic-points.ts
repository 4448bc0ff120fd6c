import type { Metaparameters } from '@metadistill/losses';
import { type Quadratic, quadraticProblem } from '@metadistill/testing';
import { dispose, tensor1d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { hypergradient } from '../src/hypergradient.js';
import { sgd } from '../src/inner/sgd.js';
import { metaparameterLayout } from '../src/space/layout.js';
import type { BilevelProblem, HypergradientMethod, InnerPoint } from '../src/types.js';

/** What exact methods may be off by in float64, where closed forms are known to 1e-9 and better. */
export const FLOAT64_TOLERANCE = 1e-6;

export const regressions = {
  training: {
    X: [
      [1, 2],
      [0.5, -1],
      [-1, 0.3],
    ],
    y: [1, -0.5, 0.2],
  },
  validation: {
    X: [
      [0.7, 0.1],
      [-0.2, 1],
    ],
    y: [0.4, 0.9],
  },
};

/** A quadratic problem whose A has the eigenvalues 2.07 and 0.63. */
export const stableQuadratic: Quadratic = {
  A: [
    [2, 0.3],
    [0.3, 0.7],
  ],
  C: [
    [1, 0.2],
    [-0.4, 0.9],
  ],
  a: [0.1, -0.5],
  F: [
    [1.5, -0.2],
    [-0.2, 0.8],
  ],
  f: [0.4, -0.3],
  h: [0.2, 0.1],
};

const numberIn = (low: number, high: number) => fc.double({ min: low, max: high, noNaN: true });
const vector = (n: number) => fc.array(numberIn(-2, 2), { minLength: n, maxLength: n });
const matrix = (rows: number, columns: number) =>
  fc.array(vector(columns), { minLength: rows, maxLength: rows });
const symmetric = (n: number) =>
  matrix(n, n).map((m) => m.map((row, i) => row.map((value, j) => (value + m[j]![i]!) / 2)));

/** Quadratic problems of 1 to 5 weights and 1 to 3 metaparameters, and a point of each. */
export const arbitraryQuadratic = fc
  .record({ n: fc.integer({ min: 1, max: 5 }), m: fc.integer({ min: 1, max: 3 }) })
  .chain(({ n, m }) =>
    fc.record({
      q: fc.record({
        A: symmetric(n),
        C: matrix(m, n),
        a: vector(n),
        F: symmetric(n),
        f: vector(n),
        h: vector(m),
      }),
      z: vector(n),
      x: vector(m),
      learningRate: numberIn(0.01, 1),
    }),
  );

/** A point of gradient descent. */
export const pointAt = <Name extends string>(
  weights: readonly number[],
  metaparameters: Metaparameters<Name>,
  learningRate: number,
): InnerPoint<Name> => ({
  weights: { parameters: [tensor1d([...weights])], statistics: [] },
  metaparameters,
  optimizer: sgd(),
  optimizerState: [],
  learningRate,
});

/** The hypergradient as a list; the point's weights are disposed of. */
export async function gradientOf<Name extends string, Batch>(
  problem: BilevelProblem<Name, Batch>,
  point: InnerPoint<Name>,
  training: Batch,
  validation: Batch,
  method: HypergradientMethod,
): Promise<readonly number[]> {
  const { gradient } = await hypergradient({
    problem,
    point,
    trainingBatch: training,
    validationBatch: validation,
    method,
  });
  dispose([...point.weights.parameters]);
  return metaparameterLayout(problem).flatten(gradient);
}

/** The metaparameters of a quadratic problem by name. */
export const named = (x: readonly number[]): Readonly<Record<string, number>> =>
  Object.fromEntries(x.map((value, j) => [`x${j}`, value]));

/** The hypergradient of a quadratic problem at z and x. */
export const ofQuadratic = (
  q: Quadratic,
  z: readonly number[],
  x: readonly number[],
  learningRate: number,
  method: HypergradientMethod,
): Promise<readonly number[]> =>
  gradientOf(
    quadraticProblem(q) as BilevelProblem<string, null>,
    pointAt(z, named(x), learningRate),
    null,
    null,
    method,
  );

/** |got − expected| in units of the larger of the two, or of one where both are small. */
export const scaledError = (got: readonly number[], expected: readonly number[]): number =>
  Math.max(...got.map((value, j) => Math.abs(value - expected[j]!))) / Math.max(1, ...expected.map(Math.abs));
