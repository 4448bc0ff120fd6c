import { convexMix, type LogitLoss, type MixMetaparameter } from '@metadistill/losses';
import {
  axpy,
  centralDifference,
  inFloat64,
  inner,
  type Matrix,
  type Quadratic,
  quadraticImplicit,
  quadraticOptimum,
  times,
} from '@metadistill/testing';
import { tensor2d, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { implicit } from '../src/methods/implicit.js';
import { mixed } from '../src/methods/mixed.js';
import { conjugateGradient } from '../src/solvers/conjugate-gradient.js';
import {
  arbitraryQuadratic,
  FLOAT64_TOLERANCE,
  ofQuadratic,
  scaledError,
  stableQuadratic,
} from './analytic-points.js';
import { linearBatch, linearTensors, scattered } from './linear-student.js';

/**
 * What Gorpinich, Bakhteev, Strijov (2022) prove, in numbers.
 *
 * Theorem 1: at weights w* that minimise the training loss, if its Hessian there is the identity, the gradient of the
 * validation loss after one greedy step is the gradient along the optima w*(λ); and where that gradient is constant,
 * gradient descent on the metaparameters moves along a line.
 *
 * Proposition 1: distilling without labels (f = 1) minimises the divergence KL(teacher ‖ student).
 */

const identityMatrix = (n: number): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => Number(i === j)));

const withHessian = (q: Quadratic, A: Matrix): Quadratic => ({ ...q, A });

describe('Theorem 1: the greedy step', () => {
  test('has the implicit hypergradient if the Hessian is the identity at w*, for a step of length 1', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryQuadratic, async ({ q, x }) => {
        const problem = withHessian(q, identityMatrix(q.a.length));
        const optimum = quadraticOptimum(problem, x);
        const [greedy, alongOptima] = await inFloat64(() =>
          Promise.all([
            ofQuadratic(problem, optimum, x, 1, mixed()),
            ofQuadratic(problem, optimum, x, 1, implicit({ solver: conjugateGradient() })),
          ]),
        );
        expect(scaledError(greedy, quadraticImplicit(problem, x))).toBeLessThan(FLOAT64_TOLERANCE);
        expect(scaledError(alongOptima, quadraticImplicit(problem, x))).toBeLessThan(FLOAT64_TOLERANCE);
      }),
      { numRuns: 30 },
    );
  });

  test('has it from any weights of a quadratic loss, since one step of length 1 reaches w*', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryQuadratic, async ({ q, z, x }) => {
        const problem = withHessian(q, identityMatrix(q.a.length));
        const greedy = await inFloat64(() => ofQuadratic(problem, z, x, 1, mixed()));
        expect(scaledError(greedy, quadraticImplicit(problem, x))).toBeLessThan(FLOAT64_TOLERANCE);
      }),
      { numRuns: 30 },
    );
  });

  test('has γ C ∇V in place of C H⁻¹ ∇V otherwise: another length, and with curvatures that differ another direction', async () => {
    const x = [0.3, 0.4];
    const angle = async (problem: Quadratic, learningRate: number): Promise<readonly [number, number]> => {
      const optimum = quadraticOptimum(problem, x);
      const got = await inFloat64(() => ofQuadratic(problem, optimum, x, learningRate, mixed()));
      // ∂V/∂λ does not pass through the weights.
      const [greedy, alongOptima] = [got, quadraticImplicit(problem, x)].map((g) => axpy(g, problem.h, -1));
      const lengths = [greedy!, alongOptima!].map((g) => Math.sqrt(inner(g, g)));
      return [inner(greedy!, alongOptima!) / (lengths[0]! * lengths[1]!), lengths[0]! / lengths[1]!];
    };
    // One curvature c: the same direction, γ c times as long.
    const [cosine, ratio] = await angle(
      withHessian(stableQuadratic, [
        [3, 0],
        [0, 3],
      ]),
      0.1,
    );
    expect(cosine).toBeCloseTo(1, 9);
    expect(ratio).toBeCloseTo(0.3, 9);
    // Curvatures of 0.1 and 10.
    const [otherCosine] = await angle(
      withHessian(stableQuadratic, [
        [10, 0],
        [0, 0.1],
      ]),
      0.1,
    );
    expect(otherCosine).toBeLessThan(0.9);
  });
});

describe('Theorem 1: the trajectory of the metaparameters', () => {
  const updates = 40;

  /** x after each update of gradient descent by greedy hypergradients, with a Hessian that is the identity. */
  async function trajectory(q: Quadratic, rate: number): Promise<readonly number[][]> {
    const problem = withHessian(q, identityMatrix(q.a.length));
    const path = [[0.3, 0.4]];
    for (let update = 0; update < updates; update++) {
      const x = path.at(-1)!;
      const gradient = await ofQuadratic(problem, quadraticOptimum(problem, x), x, 1, mixed());
      path.push(axpy(x, gradient, -rate));
    }
    return path;
  }

  /** The largest distance of its points from the chord, at equal times, as a share of the chord's length. */
  function bend(path: readonly number[][]): number {
    const [first, last] = [path[0]!, path.at(-1)!];
    const chord = axpy(last, first, -1);
    const distances = path.map((x, i) => {
      const gap = axpy(axpy(x, first, -1), chord, -i / (path.length - 1));
      return Math.sqrt(inner(gap, gap));
    });
    return Math.max(...distances) / Math.sqrt(inner(chord, chord));
  }

  test('is a line in equal steps where the hypergradient is constant: a validation loss linear in the weights', async () => {
    const flat = {
      ...stableQuadratic,
      F: [
        [0, 0],
        [0, 0],
      ],
    };
    const path = await inFloat64(() => trajectory(flat, 0.2));
    expect(bend(path)).toBeLessThan(1e-9);
    const step = axpy(flat.h, times(flat.C, flat.f), -1).map((value) => -0.2 * value);
    expect(scaledError(path.at(-1)!, axpy([0.3, 0.4], step, updates))).toBeLessThan(1e-9);
  });

  test('bends where the validation loss is curved, and straightens in proportion to the distance that it covers', async () => {
    // The distance shrinks with the rate; the hypergradient changes along it by as much.
    const [wide, narrow, narrower] = await inFloat64(() =>
      Promise.all([0.2, 0.002, 0.001].map(async (rate) => bend(await trajectory(stableQuadratic, rate)))),
    );
    expect(wide).toBeGreaterThan(0.1);
    // First order: half the distance, half the bend, to the second order that is left at this rate.
    expect(narrow! / narrower!).toBeGreaterThan(1.9);
    expect(narrow! / narrower!).toBeLessThan(2.1);
    expect(narrower).toBeLessThan(0.01);
  });
});

describe('Proposition 1: without labels, distillation is KL(teacher ‖ student) up to the entropy of the teacher', () => {
  const { teacher, labels } = linearBatch(6, 1);
  const students = [teacher.map((_, i) => scattered(4, 30 + i)), teacher.map((_, i) => scattered(4, 70 + i))];
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const probabilities = (z: readonly number[], T: number) => {
    const exponentials = z.map((value) => Math.exp(value / T));
    const total = exponentials.reduce((sum, value) => sum + value, 0);
    return exponentials.map((value) => value / total);
  };
  /** −Σ p log q, the paper's term, averaged over the batch. */
  const soft = (p: Matrix, q: Matrix, T: number) =>
    mean(p.map((row, i) => -inner(probabilities(row, T), probabilities(q[i]!, T).map(Math.log))));

  /** Of the loss that is trained on, with the gradient by the logits. */
  const trained = (
    loss: LogitLoss<MixMetaparameter>,
    z: Matrix,
    distillationFraction: number,
    temperature: number,
  ) =>
    inFloat64(() =>
      tidy(() => {
        const { teacherLogits, labels: targets } = linearTensors({ X: [[0]], teacher, labels });
        const { value, gradient } = loss.valueAndGradient(
          tensor2d(z.map((row) => [...row])),
          { teacherLogits, labels: targets },
          { distillationFraction, temperature },
        );
        return { value: value.dataSync()[0]!, gradient: Array.from(gradient.dataSync()) };
      }),
    );
  const rows = (flat: readonly number[]) => teacher.map((_, i) => flat.slice(4 * i, 4 * i + 4));

  test.each([0.5, 1, 3, 10])('at T = %s: one value for all students, and one gradient', (T) => {
    const loss = convexMix({ scaling: 'none' });
    const entropy = soft(teacher, teacher, T);
    for (const z of students) {
      const { value, gradient } = trained(loss, z, 1, T);
      expect(soft(teacher, z, T) - value).toBeCloseTo(entropy, 9);
      const bySoft = centralDifference((at) => soft(teacher, rows(at), T), z.flat());
      // The closed form and the difference are known to 1e-9.
      expect(scaledError(gradient, bySoft)).toBeLessThan(1e-8);
    }
    // The labels count for nothing, and the student that gives the teacher's answers is the best.
    expect(trained(loss, teacher, 1, T).value).toBeCloseTo(0, 9);
  });

  test('not with labels: at f < 1 the student that gives the teacher’s answers is no minimum', () => {
    const { gradient } = trained(convexMix({ scaling: 'none' }), teacher, 0.9, 1);
    expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(0.001);
  });

  test('the entropy depends on T, and so does the value by it: the gradients above do not', () => {
    const z = students[0]!;
    const at = (T: number) => trained(convexMix({ scaling: 'none' }), z, 1, T).value;
    const [bySoft, byTrained, byEntropy] = [
      (T: number) => soft(teacher, z, T),
      at,
      (T: number) => soft(teacher, teacher, T),
    ].map((value) => centralDifference(([T]) => value(T!), [3])[0]!);
    expect(Math.abs(byEntropy!)).toBeGreaterThan(0.01);
    expect(bySoft! - byTrained!).toBeCloseTo(byEntropy!, 7);
  });
});
