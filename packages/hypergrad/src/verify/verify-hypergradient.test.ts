import { convexMix, crossEntropy } from '@metadistill/losses';
import {
  batchNorm,
  dense,
  disposeWeights,
  model,
  relu,
  type Tensors,
  type Weights,
} from '@metadistill/models';
import {
  dartsToy,
  expectNoLeak,
  quadraticProblem,
  quadraticUnrolled,
  relativeError,
  ridgeProblem,
} from '@metadistill/testing';
import {
  add,
  dispose,
  dot,
  keep,
  mul,
  type Scalar,
  sub,
  Tensor,
  type Tensor1D,
  tensor1d,
  tensor2d,
} from '@tensorflow/tfjs-core';
import { describe, expect, test, vi } from 'vitest';
import { named, pointAt, regressions, stableQuadratic } from '../../test/analytic-points.js';
import { innerOptimizers } from '../../test/parts.js';
import { adam } from '../inner/adam.js';
import { momentum } from '../inner/momentum.js';
import { sgd } from '../inner/sgd.js';
import { withWeightDecay } from '../inner/with-weight-decay.js';
import { mixed } from '../methods/mixed.js';
import { functionProblem } from '../problems/function-problem.js';
import { logitProblem } from '../problems/logit-problem.js';
import { heldNorm } from '../step/hold-gradient-norm.js';
import type { BilevelProblem, HypergradientMethod, InnerOptimizer, TrainingPoint } from '../types.js';
import { secondOrderCheck, taylorCheck } from './checks.js';
import { extrapolatedDifference } from './extrapolated-difference.js';
import { formatHypergradientReport } from './format-hypergradient-report.js';
import { taylorTest } from './taylor-test.js';
import { verifyHypergradient } from './verify-hypergradient.js';

const net = model({
  name: 'net',
  inputShape: [3],
  classes: 4,
  layers: [
    dense({ inputs: 3, outputs: 8 }),
    batchNorm({ channels: 8 }),
    relu(),
    dense({ inputs: 8, outputs: 4 }),
  ],
});
const distillation = logitProblem({
  model: net,
  trainingLoss: convexMix({ scaling: 'none' }),
  validationLoss: crossEntropy(),
});

const rows = (count: number, columns: number, seed: number) =>
  Array.from({ length: count }, (_, i) =>
    Array.from({ length: columns }, (_, k) => 2 * Math.sin(3.7 * k + 5.3 * (seed + i))),
  );
const batch = (size: number, seed: number) => ({
  inputs: tensor2d(rows(size, 3, seed)),
  teacherLogits: tensor2d(rows(size, 4, seed + 50)),
  labels: tensor1d(
    Array.from({ length: size }, (_, i) => (i * 7 + seed) % 4),
    'int32',
  ),
});
const start = (): Weights => {
  let i = 0;
  return net.initialize((low, high) => low + (high - low) * (0.5 + 0.5 * Math.sin(1.7 * i++)));
};
const squaredNorm = (x: Tensor): Scalar => dot(x, x) as Scalar;
const pointOf = (weights: Weights, optimizer: InnerOptimizer = sgd()) => ({
  weights,
  metaparameters: { distillationFraction: 0.4, temperature: 2 },
  optimizer,
  // Adam's first step is ±γ whatever the gradient: with no moments yet there is nothing to differentiate.
  optimizerState: optimizer.initialize(weights.parameters).map((moment) => add(moment, 0.2)),
  learningRate: 0.5,
});

describe.each([sgd(), momentum({ momentum: 0.9 }), adam()])('a right hypergradient, $name', (optimizer) => {
  test('passes every check, and leaves no tensor', async () => {
    const point = pointOf(start(), optimizer);
    const [training, validation] = [batch(12, 1), batch(10, 9)];
    await expectNoLeak(async () => {
      const report = await verifyHypergradient({
        problem: distillation,
        point,
        trainingBatch: training,
        validationBatch: validation,
      });
      expect(report.checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
      expect(report.passed).toBe(true);
    });
    disposeWeights(point.weights);
    dispose([...point.optimizerState]);
  });
});

describe.each(Object.values(innerOptimizers).flat())(
  'a right scale-free hypergradient, $name',
  (optimizer) => {
    test('passes every check, and leaves no tensor', async () => {
      // Adam's steps move V by little but their sign: long ones stand out of its rounding.
      const point = { ...pointOf(start(), optimizer), learningRate: 2 };
      const [training, validation] = [batch(12, 1), batch(10, 9)];
      await expectNoLeak(async () => {
        const report = await verifyHypergradient({
          problem: distillation,
          point,
          trainingBatch: training,
          validationBatch: validation,
          scaleFree: true,
        });
        expect(report.checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
        expect(report.agreement.names).toContain('unrolled-1-scale-free');
      });
      disposeWeights(point.weights);
      dispose([...point.optimizerState]);
    });
  },
);

test('no value is read synchronously, which WebGPU cannot do in Node', async () => {
  const point = pointOf(start());
  const synchronous = vi.spyOn(Tensor.prototype, 'dataSync');
  await verifyHypergradient({
    problem: distillation,
    point,
    trainingBatch: batch(12, 1),
    validationBatch: batch(10, 9),
  });
  // Losses look at labels, on backends that have them in memory alone.
  expect(synchronous.mock.contexts.filter((read) => (read as Tensor).dtype !== 'int32')).toEqual([]);
  synchronous.mockRestore();
  disposeWeights(point.weights);
});

/** The same problem with something wrong at its training points. */
const broken = <Name extends string, Batch>(
  problem: BilevelProblem<Name, Batch>,
  change: (point: TrainingPoint<Name>) => Partial<TrainingPoint<Name>>,
): BilevelProblem<Name, Batch> => ({
  ...problem,
  training(weights, of) {
    const point = problem.training(weights, of);
    return { ...point, ...change(point) };
  },
});

const failed = async (
  problem: typeof distillation,
  options: Pick<Parameters<typeof verifyHypergradient>[0], 'scaleFree' | 'methods'> = {},
  optimizer = sgd(),
): Promise<string[]> => {
  const point = pointOf(start(), optimizer);
  const report = await verifyHypergradient({
    problem,
    point,
    trainingBatch: batch(12, 1),
    validationBatch: batch(10, 9),
    ...options,
  });
  disposeWeights(point.weights);
  expect(report.passed).toBe(false);
  return report.checks.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name);
};

describe('a wrong hypergradient fails', () => {
  const scale = tensor1d([1, 1.1]);

  test('the adjoint check if forward mode alone is wrong by a tenth in one component', async () => {
    const names = await failed(
      broken(distillation, (point) => ({
        mixedProduct: (at, direction) => mul(point.mixedProduct!(at, direction), scale) as Tensor1D,
      })),
    );
    expect(names).toContain('adjoint gap');
    expect(names).toContain('agreement of exact methods');
    expect(names).toContain('difference by temperature');
  });

  test('the difference and the Taylor slope if both modes share a mistake', async () => {
    const names = await failed(
      broken(distillation, (point) => ({
        mixedProduct: (at, direction) => mul(point.mixedProduct!(at, direction), 1.5) as Tensor1D,
        mixedDerivatives: (at) => point.mixedDerivatives(at).map((all) => all.map((d) => mul(d, 1.5))),
      })),
    );
    expect(names).toContain('difference by distillationFraction');
    expect(names).toContain('mixed derivative by distillationFraction');
    expect(names).toContain('Taylor test');
    expect(names).not.toContain('adjoint gap');
  });

  test('the difference but not the mixed derivative if the validation gradient is wrong', async () => {
    const names = await failed({
      ...distillation,
      validation(...of) {
        const { value, gradient } = distillation.validation(...of);
        return { value, gradient: gradient.map((each) => mul(each, 1.1)) };
      },
    });
    expect(names).toContain('difference by distillationFraction');
    expect(names.some((name) => name.startsWith('mixed derivative'))).toBe(false);
  });

  /** Its products with the Hessian are changed. */
  const bent = (change: (product: Tensors) => Tensors) =>
    broken(distillation, (point) => ({
      linearize(at) {
        const linearized = point.linearize!(at);
        return {
          ...linearized,
          along(direction) {
            const tangent = linearized.along(direction);
            const product = (j?: number) => tangent.gradientTangent(j);
            return { ...tangent, gradientTangent: (j) => (j === undefined ? change(product()) : product(j)) };
          },
        };
      },
    }));

  test('products with the Hessian that are wrong by a tenth', async () => {
    const names = await failed(bent((product) => product.map((each) => mul(each, 1.1))));
    expect(names).toEqual(['products with the Hessian']);
  });

  test('products with the Hessian that are wrong for one parameter, which is seen as well by their symmetry', async () => {
    const wrong = bent(([first, ...others]) => [mul(first!, 1.1), ...others]);
    expect(await failed(wrong)).toEqual(['products with the Hessian']);
    const point = pointOf(start());
    const gapOf = async (of: typeof distillation) =>
      (
        await verifyHypergradient({
          problem: of,
          point,
          trainingBatch: batch(12, 1),
          validationBatch: batch(10, 9),
        })
      ).symmetryGap;
    expect(await gapOf(wrong)).toBeGreaterThan(1e-2);
    expect(await gapOf(distillation)).toBeLessThan(1e-5);
    disposeWeights(point.weights);
  });

  test('the difference if a method keeps the part along the training gradient', async () => {
    const names = await failed(distillation, { scaleFree: true, methods: [mixed()] });
    expect(names).toContain('difference by temperature');
    expect(names).toContain('Taylor test');
    expect(names).not.toContain('mixed derivative by temperature');
  });

  test('the difference if the part along another gradient is taken out', async () => {
    // The rule of weight decay inside out: what is held is the gradient with the decay's term.
    const held = (optimizer: InnerOptimizer): InnerOptimizer =>
      withWeightDecay({ optimizer: heldNorm(optimizer), weightDecay: 0.3 });
    const inside: HypergradientMethod = {
      ...mixed(),
      evaluate: (input) => mixed().evaluate({ ...input, point: { ...input.point, optimizer: held(sgd()) } }),
    };
    const names = await failed(
      distillation,
      { scaleFree: true, methods: [inside] },
      withWeightDecay({ optimizer: sgd(), weightDecay: 0.3 }),
    );
    expect(names).toContain('difference by temperature');
  });

  test('a scale-free check if products with the Hessian are wrong by a half', async () => {
    const wrong = bent((product) => product.map((each) => mul(each, 1.5)));
    expect(await failed(wrong, { scaleFree: true })).toEqual(['products with the Hessian']);
  });

  test('a scale-free check if forward mode alone is wrong', async () => {
    const wrong = broken(distillation, (point) => ({
      mixedProduct: (at, direction) => mul(point.mixedProduct!(at, direction), scale) as Tensor1D,
    }));
    const names = await failed(wrong, { scaleFree: true });
    expect(names).toEqual(
      expect.arrayContaining(['adjoint gap', 'agreement of exact methods', 'difference by temperature']),
    );
  });

  test('the count of tensors if a rule keeps one', async () => {
    const kept: Tensor1D[] = [];
    const names = await failed({
      ...distillation,
      training(weights, of) {
        const point = distillation.training(weights, of);
        return {
          ...point,
          metaparameterGradient(at) {
            kept.push(keep(tensor1d([1])));
            return point.metaparameterGradient(at);
          },
        };
      },
    });
    expect(names).toEqual(['tensors left behind']);
    dispose(kept);
  });
});

test('on the quadratic problem its difference is the closed form', async () => {
  const point = pointAt([1, -1], named([0.3, 0.4]), 0.2);
  const problem = quadraticProblem(stableQuadratic) as BilevelProblem<string, null>;
  const { differences, passed } = await verifyHypergradient({
    problem,
    point,
    trainingBatch: null,
    validationBatch: null,
  });
  expect(passed).toBe(true);
  const expected = quadraticUnrolled(stableQuadratic, [1, -1], [0.3, 0.4], 0.2);
  expect(differences.map(({ name }) => name)).toEqual(['x0', 'x1']);
  for (const [j, { difference, hypergradient }] of differences.entries()) {
    const { value, error } = difference;
    expect(Math.abs(hypergradient - expected[j]!)).toBeLessThan(1e-5);
    expect(Math.abs(value - expected[j]!)).toBeLessThan(2 * error);
    expect(error).toBeLessThan(1e-4);
  }
});

test("passes on DARTS' toy, whose validation loss depends on its metaparameter directly, and on ridge", async () => {
  expect(
    (
      await verifyHypergradient({
        problem: dartsToy(),
        point: pointAt([-2], { alpha: 2 }, 0.5),
        trainingBatch: null,
        validationBatch: null,
      })
    ).passed,
  ).toBe(true);
  const { training, validation } = regressions;
  const ridge = pointAt([0.8, -0.6], { weightDecay: 0.3 }, 0.5);
  expect(
    (
      await verifyHypergradient({
        problem: ridgeProblem(),
        point: ridge,
        trainingBatch: training,
        validationBatch: validation,
      })
    ).passed,
  ).toBe(true);
});

test('what rounding hides is inconclusive, not right', async () => {
  // A learning rate of 1e-8 moves V by less than its last bit.
  const still = { ...pointAt([1, -1], named([0.3, 0.4]), 1e-8) };
  const flat = { ...stableQuadratic, h: [0, 0] };
  const problem = quadraticProblem(flat) as BilevelProblem<string, null>;
  const { checks, passed } = await verifyHypergradient({
    problem,
    point: still,
    trainingBatch: null,
    validationBatch: null,
  });
  expect(passed).toBe(false);
  expect(checks.find(({ name }) => name === 'Taylor test')?.verdict).toBe('inconclusive');
  expect(checks.find(({ name }) => name === 'difference by x0')?.verdict).toBe('inconclusive');
});

test('a metaparameter that V does not change with is inconclusive, and the text says what to do', async () => {
  const point = pointAt([1, -1], named([0.3, 0.4]), 0.2);
  const idle = { ...stableQuadratic, C: [stableQuadratic.C[0]!, [0, 0]], h: [0.2, 0] };
  const problem = quadraticProblem(idle) as BilevelProblem<string, null>;
  const report = await verifyHypergradient({ problem, point, trainingBatch: null, validationBatch: null });
  expect(report.passed).toBe(false);
  expect(report.checks.filter(({ verdict }) => verdict !== 'pass')).toMatchObject([
    { name: 'difference by x1', verdict: 'inconclusive', reason: 'V does not change with x1' },
  ]);
  const text = formatHypergradientReport(report);
  expect(text).toMatch(
    /^What to do:\n {2}difference by x1 \(inconclusive\): check that the training loss depends/m,
  );
  expect(text).toMatch(/\nNothing is seen to be wrong, but not everything could be checked.$/);
});

test('a scale-free derivative that is 0 throughout is inconclusive, not wrong', async () => {
  const problem = functionProblem<'scale', Tensor1D>({
    metaparameters: ['scale'],
    training: ([w], { scale }, target) => ({
      value: mul(squaredNorm(sub(w!, target)), scale / 2),
      gradient: [mul(sub(w!, target), scale)],
    }),
    mixedDerivatives: ([w], _, target) => [[sub(w!, target)]],
    validation: ([w], _, target) => ({
      value: mul(squaredNorm(sub(w!, target)), 0.5),
      gradient: [sub(w!, target)],
    }),
  });
  const { checks } = await verifyHypergradient({
    problem,
    point: pointAt([1, -1.3, 0.7], { scale: 1.7 }, 0.1),
    trainingBatch: tensor1d([0.3, 0.9, 2.1]),
    validationBatch: tensor1d([0.7, -0.6, 1.3]),
    scaleFree: true,
  });
  const verdicts = Object.fromEntries(checks.map(({ name, verdict }) => [name, verdict]));
  expect(verdicts).toMatchObject({
    'difference by scale': 'inconclusive',
    'Taylor test': 'inconclusive',
    'agreement of exact methods': 'pass',
  });
});

test('a validation loss that is not finite fails', async () => {
  const point = pointAt([1, -1], named([0.3, 0.4]), 0.2);
  const broken = { ...stableQuadratic, f: [Number.NaN, 0] };
  const problem = quadraticProblem(broken) as BilevelProblem<string, null>;
  const report = await verifyHypergradient({ problem, point, trainingBatch: null, validationBatch: null });
  expect(report.checks[0]).toMatchObject({
    verdict: 'fail',
    reason: 'the hypergradient is NaN, the difference NaN',
  });
  expect(formatHypergradientReport(report)).toMatch(
    /\nThe hypergradient, or a rule that makes it, is wrong.$/,
  );
});

test('the extrapolated difference is exact for polynomials of low degree and knows its error elsewhere', async () => {
  const cubic = await extrapolatedDifference(async (x) => 3 * x - 2 * x ** 2 + 5 * x ** 3, 1);
  expect(cubic.value).toBeCloseTo(3, 12);
  const rounded = await extrapolatedDifference(async (x) => Math.fround(Math.exp(x)), 0.5);
  expect(Math.abs(rounded.value - 1)).toBeLessThan(rounded.error);
  expect(rounded.error).toBeLessThan(1e-5);
});

test.each([0.02, 0.05, 0.1, 0.3])(
  'an extrapolated difference that steps over a kink, %f away, says so in its error',
  async (kink) => {
    // The derivative at 0 is 1, but 0.98 where the step is much longer than the kink is away.
    const kinked = async (x: number) => Math.fround(x - 0.04 * Math.max(x - kink, 0));
    const { value, error } = await extrapolatedDifference(kinked, 1);
    expect(Math.abs(value - 1)).toBeLessThan(2 * error);
  },
);

test('the Taylor slope is 2 with the right derivative and 1 with a wrong one', async () => {
  const f = async (x: number) => Math.fround(2 + Math.sin(x) + x ** 2);
  expect((await taylorTest(f, 1)).slope).toBeCloseTo(2, 1);
  expect((await taylorTest(f, 0.8)).slope).toBeLessThan(1.4);
  expect((await taylorTest(async (x) => 2 + x, 1)).slope).toBeUndefined();
});

test('kinks that bend the Taylor slope are told from a wrong derivative by the size of the remainder', async () => {
  // The slope of a remainder of first order is 1 however small it is.
  const kinked = async (x: number) => Math.fround(2 + x + 0.004 * Math.abs(x));
  const checkOf = async (derivative: number) => taylorCheck(await taylorTest(kinked, derivative), 0.01);
  expect(await checkOf(1)).toMatchObject({
    verdict: 'pass',
    measured: expect.closeTo(0.004, 4),
    expected: 'a remainder of at most 0.01',
    reason: 'kinks of V bend its slope, to 1.0 instead of 2',
  });
  expect((await checkOf(0.98)).verdict).toBe('fail');
  expect((await checkOf(1.03)).verdict).toBe('fail');
});

test('if kinks hide the difference over two steps, products with the Hessian have to be symmetric', () => {
  const hidden = { value: 1, error: 0.5 };
  expect(secondOrderCheck(1.4, hidden, 1e-6, 0.01)).toMatchObject({
    verdict: 'pass',
    measured: 1e-6,
    reason: 'they are symmetric; kinks hide a difference over two steps',
  });
  expect(secondOrderCheck(1.4, hidden, 1e-2, 0.01).verdict).toBe('fail');
  expect(secondOrderCheck(1.4, { value: 1, error: 1e-3 }, 1e-6, 0.01).verdict).toBe('fail');
});

test('is written as a table that says what was measured and why', async () => {
  const point = pointAt([1, -1], named([0.3, 0.4]), 0.2);
  const problem = quadraticProblem(stableQuadratic) as BilevelProblem<string, null>;
  const text = formatHypergradientReport(
    await verifyHypergradient({ problem, point, trainingBatch: null, validationBatch: null }),
  );
  const lines = text.split('\n');
  expect(lines[0]).toMatch(/^check +verdict +measured +expected +because$/);
  expect(lines.filter((line) => /^difference by x[01] +pass /.test(line))).toHaveLength(2);
  expect(text).toMatch(/^relative distance +difference +mixed-jvp +mixed-vjp /m);
  expect(lines.filter((line) => /^tensors left behind +pass +0 /.test(line))).toHaveLength(1);
  expect(text).not.toContain('What to do');
  expect(lines.at(-1)).toBe('All checks passed.');
});

test('options outside their ranges are refused', async () => {
  const point = pointAt([1, -1], named([0.3, 0.4]), 0.2);
  const problem = quadraticProblem(stableQuadratic) as BilevelProblem<string, null>;
  await expect(
    verifyHypergradient({ problem, point, trainingBatch: null, validationBatch: null, tolerance: 0 }),
  ).rejects.toThrow('verifyHypergradient: tolerance is 0; expected a positive number.');
  await expect(
    verifyHypergradient({ problem, point, trainingBatch: null, validationBatch: null, methods: [] }),
  ).rejects.toThrow('verifyHypergradient: methods is []; expected at least one.');
  await expect(
    verifyHypergradient({ problem, point, trainingBatch: null, validationBatch: null, reach: { x0: -1 } }),
  ).rejects.toThrow('verifyHypergradient: reach.x0 is -1');
});

test('a reach that leaves what the loss can compute is refused', async () => {
  const point = pointOf(start());
  await expect(
    verifyHypergradient({
      problem: distillation,
      point,
      trainingBatch: batch(12, 1),
      validationBatch: batch(10, 9),
      reach: { temperature: 5 },
    }),
  ).rejects.toThrow(
    'verifyHypergradient: reach is distillationFraction 0.2, temperature 5; expected one within which the losses can be ' +
      'computed, but at distillationFraction 0.4, temperature -3: convexMix: temperature is -3;',
  );
  disposeWeights(point.weights);
});

test('its gradient is that of the first method', async () => {
  const point = pointAt([1, -1], named([0.3, 0.4]), 0.2);
  const problem = quadraticProblem(stableQuadratic) as BilevelProblem<string, null>;
  const { gradient } = await verifyHypergradient({
    problem,
    point,
    trainingBatch: null,
    validationBatch: null,
  });
  const expected = quadraticUnrolled(stableQuadratic, [1, -1], [0.3, 0.4], 0.2);
  expect(relativeError(Object.values(gradient).flat(), expected)).toBeLessThan(1e-5);
});
