import type { Metaparameters } from '@metadistill/losses';
import { scaleTensors, type Tensors } from '@metadistill/models';
import { inFloat64, inner, relativeError, times } from '@metadistill/testing';
import { add, mul, onesLike, scalar, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { adam } from '../src/inner/adam.js';
import { withWeightDecay } from '../src/inner/with-weight-decay.js';
import { finiteDifference } from '../src/methods/finite-difference.js';
import { forwardMode } from '../src/methods/forward-mode.js';
import { mixed } from '../src/methods/mixed.js';
import { unrolled } from '../src/methods/unrolled.js';
import { functionProblem } from '../src/problems/function-problem.js';
import type { BilevelProblem, HypergradientMethod, InnerOptimizer, InnerPoint } from '../src/types.js';
import { gradientNormsOfSteps, validationAfterSteps } from '../src/verify/validation-after-steps.js';
import { ofQuadratic, stableQuadratic } from './analytic-points.js';
import { type AnalyticProblem, analyticProblems, tensorsOf } from './analytic-problems.js';
import { innerOptimizers, scaleFreeMethods } from './parts.js';

const optimizers = [
  ...Object.values(innerOptimizers).flat(),
  withWeightDecay({ optimizer: adam(), weightDecay: 0.3 }),
];

const pointOf = (analytic: AnalyticProblem, optimizer: InnerOptimizer): InnerPoint<string> => {
  const parameters = tensorsOf(analytic, analytic.start);
  const { metaparameters, learningRate } = analytic;
  // Adam's first step is ±γ whatever the gradient: with no moments yet there is nothing to differentiate.
  const optimizerState = optimizer.initialize(parameters).map((moment) => add(moment, 0.2));
  return { weights: { parameters, statistics: [] }, metaparameters, optimizer, optimizerState, learningRate };
};

/** The gradient of the last of several calls, each from where the one before ended. */
function gradientAfter<Batch>(
  problem: BilevelProblem<string, Batch>,
  start: InnerPoint<string>,
  [trainingBatch, validationBatch]: readonly [Batch, Batch],
  method: HypergradientMethod,
  { calls = 1, plain = 0 } = {},
): number[] {
  let [point, state]: [InnerPoint<string>, readonly Tensor[]] = [start, []];
  for (let call = 1; call < calls; call++) {
    const input = { problem, point, trainingBatch, state };
    const result = call <= plain ? method.advance!(input) : method.evaluate({ ...input, validationBatch });
    point = { ...point, ...result.next };
    state = result.state;
  }
  const { gradient } = method.evaluate({ problem, point, trainingBatch, validationBatch, state });
  return Array.from(gradient.dataSync());
}

describe.each(analyticProblems)('on $name', (analytic) => {
  /** dV/dλ after steps whose gradients are brought to the lengths that they have at λ, by differences in float64. */
  async function differenceOf(optimizer: InnerOptimizer, steps: number): Promise<number[]> {
    const names = analytic.problem.metaparameters;
    const batches = analytic.batches();
    const point = pointOf(analytic, optimizer);
    const norms = await gradientNormsOfSteps(analytic.problem, point, batches[0], steps);
    const validation = validationAfterSteps(analytic.problem, point, ...batches, steps, norms);
    const h = 1e-5;
    return Promise.all(
      names.map(async (name) => {
        const [up, down] = await Promise.all(
          [h, -h].map((by) =>
            validation({ ...point.metaparameters, [name]: (point.metaparameters[name] as number) + by }),
          ),
        );
        return (up! - down!) / (2 * h);
      }),
    );
  }

  const gradientOf = (optimizer: InnerOptimizer, method: HypergradientMethod, calls = {}) =>
    tidy(() =>
      gradientAfter(analytic.problem, pointOf(analytic, optimizer), analytic.batches(), method, calls),
    );

  /** Of the size of the hypergradient with its part along the gradient, which is what rounding is a part of. */
  const errorOf = (got: readonly number[], expected: readonly number[], whole: readonly number[]) =>
    Math.max(...got.map((value, j) => Math.abs(value - expected[j]!))) / Math.max(...whole.map(Math.abs));

  test.each(optimizers)(
    'is the derivative after steps whose gradients keep their lengths, $name',
    async (optimizer) => {
      await inFloat64(async () => {
        const expected = await differenceOf(optimizer, 1);
        const whole = gradientOf(optimizer, mixed());
        for (const method of scaleFreeMethods) {
          expect(errorOf(gradientOf(optimizer, method), expected, whole), method.name).toBeLessThan(1e-6);
        }
        const third = await differenceOf(optimizer, 3);
        const [unroll, forward] = [
          unrolled({ steps: 3, scaleFree: true }),
          forwardMode({ decay: 1, scaleFree: true }),
        ];
        expect(errorOf(gradientOf(optimizer, unroll), third, whole)).toBeLessThan(1e-6);
        for (const plain of [0, 2]) {
          const got = gradientOf(optimizer, forward, { calls: 3, plain });
          expect(errorOf(got, third, whole), `${plain} plain steps`).toBeLessThan(1e-6);
        }
      });
    },
  );
});

test('on a quadratic problem one step of gradient descent has its closed form', async () => {
  const { A, C, a, F, f, h } = stableQuadratic;
  const [z, x, learningRate] = [[1, -1], [0.3, 0.4], 0.4];
  const g = times(A, z).map(
    (value, i) => value + a[i]! + C.reduce((sum, row, j) => sum + row[i]! * x[j]!, 0),
  );
  const next = z.map((value, i) => value - learningRate * g[i]!);
  const v = times(F, next).map((value, i) => value + f[i]!);
  const along = inner(v, g) / inner(g, g);
  const projected = v.map((value, i) => value - along * g[i]!);
  const expected = C.map((row, j) => h[j]! - learningRate * inner(row, projected));
  for (const method of [...scaleFreeMethods, finiteDifference({ scaleFree: true })]) {
    const got = await inFloat64(() => ofQuadratic(stableQuadratic, z, x, learningRate, method));
    expect(relativeError(got, expected), method.name).toBeLessThan(1e-6);
    // Float32 loses some tens of roundings; differences see steps of 0.01 in values near 1.
    const tolerance = method.name.startsWith('finite') ? 1e-3 : 1e-5;
    expect(
      relativeError(await ofQuadratic(stableQuadratic, z, x, learningRate, method), expected),
      method.name,
    ).toBeLessThan(tolerance);
  }
});

/** The problem with c·L in place of L, c a metaparameter beside the others. */
function scaledBy(problem: BilevelProblem<string, unknown>): BilevelProblem<string, unknown> {
  const others = ({ scale: _, ...rest }: Metaparameters) => rest;
  return {
    metaparameters: [...problem.metaparameters, 'scale'],
    training(weights, batch) {
      const { mixedProduct: _, linearize: __, ...point } = problem.training(weights, batch);
      const scaled = (tensors: Tensors, { scale }: Metaparameters) => scaleTensors(tensors, scale as number);
      return {
        ...point,
        valueAndGradient(at) {
          const { value, gradient } = point.valueAndGradient(others(at));
          return { value: mul(value, at.scale as number), gradient: scaled(gradient, at) };
        },
        mixedDerivatives: (at) => [
          ...point.mixedDerivatives(others(at)).map((each) => scaled(each, at)),
          point.valueAndGradient(others(at)).gradient,
        ],
        hessianVectorProduct: (at, direction) =>
          scaled(point.hessianVectorProduct(others(at), direction), at),
      };
    },
    validation(weights, batch, at) {
      const { value, gradient } = problem.validation(weights, batch, others(at));
      return { value, gradient };
    },
  };
}

describe.each(optimizers)('$name', (optimizer) => {
  const analytic = analyticProblems.find(({ name }) => name.startsWith('ridge'))!;
  const problem = scaledBy(analytic.problem);
  const point = () => {
    const at = pointOf(analytic, optimizer);
    return { ...at, metaparameters: { ...at.metaparameters, scale: 1.7 } };
  };

  test('a change of scale of the training loss alone has a scale-free derivative of 0', () => {
    const scaleOf = (method: HypergradientMethod, calls = 1) =>
      tidy(() => gradientAfter(problem, point(), analytic.batches(), method, { calls }).at(-1)!);
    inFloat64(() => {
      const methods = [mixed({ scaleFree: true }), unrolled({ steps: 3, scaleFree: true })];
      for (const method of methods) expect(scaleOf(method), method.name).toBeCloseTo(0, 14);
      expect(scaleOf(forwardMode({ decay: 1, scaleFree: true }), 3)).toBeCloseTo(0, 14);
      expect(Math.abs(scaleOf(mixed()))).toBeGreaterThan(1e-4);
    });
  });

  test('a training gradient of 0 makes every scale-free derivative 0', () => {
    const still = functionProblem({
      metaparameters: ['shift'],
      training: ([w], { shift }) => ({ value: scalar(0), gradient: [add(w!, shift - 1)] }),
      mixedDerivatives: ([w]) => [[onesLike(w!)]],
      validation: ([w]) => ({ value: scalar(0), gradient: [onesLike(w!)] }),
    });
    const parameters = [zeros([2])];
    const at = {
      weights: { parameters, statistics: [] },
      metaparameters: { shift: 1 },
      optimizer,
      optimizerState: optimizer.initialize(parameters),
      learningRate: 0.1,
    };
    for (const method of scaleFreeMethods.filter(({ name }) => !name.startsWith('mixed-jvp'))) {
      expect(gradientAfter(still, at, [null, null], method), method.name).toEqual([0]);
    }
  });
});
