import { relativeError } from '@metadistill/testing';
import { dispose, ones, relu, type Tensor, tensor, tensor1d, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { batchNormBound, gradientTerms } from '../../../test/batch-norm-terms.js';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { expectWithin } from '../../../test/expect-within.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

// The three steps one by one are kernels with tests of their own. Fused, each value goes through the same operations; only
// the sums of the gradient run in another order.
const epsilon = 1e-5;
const pool = { filterSize: 2, strides: 2, pad: 'valid' };

interface Case {
  readonly shape: [batch: number, height: number, width: number, channels: number];
  readonly seed: number;
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    shape: fc.tuple(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 2, max: 9 }),
      fc.integer({ min: 2, max: 9 }),
      fc.integer({ min: 1, max: 41 }),
    ),
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
  })
  .filter(({ shape: [batch, height, width] }) => batch * height * width >= 8);

function inputsOf({ shape, seed }: Case) {
  const channels = shape[3];
  const size = shape.reduce((a, b) => a * b);
  return {
    x: tensor(randomValues(size, seed), shape),
    dx: tensor(randomValues(size, seed + 1), shape),
    // Scales of both signs.
    scale: tensor1d(randomValues(channels, seed + 2)),
    offset: tensor1d(randomValues(channels, seed + 3)),
    dScale: tensor1d(randomValues(channels, seed + 4)),
    dOffset: tensor1d(randomValues(channels, seed + 5)),
  };
}

/** The same by three kernels, one after the other. */
function stepByStep({ x, scale, offset }: ReturnType<typeof inputsOf>) {
  const [normal, mean, variance] = runKernel(
    'MetadistillBatchNormTraining',
    { x, scale, offset },
    { epsilon },
  ) as [Tensor, Tensor, Tensor];
  const active = relu(normal);
  const [y, argmax] = runKernel('MetadistillMaxPoolWithArgmax', { x: active }, pool) as [Tensor, Tensor];
  return { active, mean, variance, y, argmax };
}

const fused = ({ x, scale, offset }: ReturnType<typeof inputsOf>) =>
  runKernel('MetadistillBatchNormReluMaxPool', { x, scale, offset }, { epsilon }) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];

describeEachBuild('batch norm, relu and max pool in one', () => {
  it('equal the three one after the other, odd sizes included', () => {
    fc.assert(
      fc.property(cases, (test) => {
        tidy(() => {
          const inputs = inputsOf(test);
          const expected = stepByStep(inputs);
          const [y, argmax, mean, variance] = fused(inputs);
          expect(y.shape).toEqual(expected.y.shape);
          expect(relativeError(y, expected.y)).toBe(0);
          expect(relativeError(mean, expected.mean)).toBe(0);
          expect(relativeError(variance, expected.variance)).toBe(0);
          const values = y.dataSync();
          const winners = expected.argmax.dataSync();
          const found = Array.from(argmax.dataSync());
          expect(found).toEqual(
            Array.from(winners, (winner, i) => ((values[i] as number) > 0 ? winner : -1)),
          );
        });
      }),
      { numRuns: 40 },
    );
  });

  it('have the gradient of the three one after the other', () => {
    fc.assert(
      fc.property(cases, (test) => {
        tidy(() => {
          const inputs = inputsOf(test);
          const { x, scale } = inputs;
          const { active, mean, variance, y, argmax } = stepByStep(inputs);
          const dy = tensor(randomValues(y.size, test.seed + 6), y.shape);
          const [scattered] = runKernel(
            'MetadistillMaxPoolScatter',
            { dy, argmax },
            { ...pool, inputShape: test.shape },
          ) as [Tensor];
          const [passed] = runKernel('MetadistillReluGrad', { dy: scattered, y: active }) as [Tensor];
          const shared = { x, scale, mean, variance };
          const expected = runKernel(
            'MetadistillBatchNormTrainingGrad',
            { ...shared, dy: passed },
            { epsilon },
          );
          const [, winners] = fused(inputs);
          const got = runKernel(
            'MetadistillBatchNormReluMaxPoolGrad',
            { ...shared, dy, argmax: winners },
            { epsilon },
          );
          const [channels, rows] = [scale.size, x.size / scale.size];
          const values = { x: x.dataSync(), scale: scale.dataSync(), mean: mean.dataSync() };
          const terms = gradientTerms(
            { ...values, variance: variance.dataSync(), epsilon },
            (passed as Tensor).dataSync(),
          );
          // Both err by the bound.
          for (const [k, each] of [terms.byX, terms.byScale, terms.byOffset].entries()) {
            expect(each.length).toBe(k === 0 ? x.size : channels);
            expectWithin(2 * batchNormBound(rows), got[k]!.dataSync(), expected[k]!.dataSync(), each);
          }
        });
      }),
      { numRuns: 40 },
    );
  });

  it('have the directional derivative of the three one after the other', () => {
    fc.assert(
      fc.property(cases, (test) => {
        tidy(() => {
          const inputs = inputsOf(test);
          const { active, mean, variance, argmax } = stepByStep(inputs);
          const { x, dx, scale, dScale, dOffset } = inputs;
          const shared = { x, dx, scale, dScale, dOffset, mean, variance };
          const [tangent] = runKernel('MetadistillBatchNormTrainingJvp', shared, { epsilon }) as [Tensor];
          const [passed] = runKernel('MetadistillReluGrad', { dy: tangent, y: active }) as [Tensor];
          const [expected] = runKernel('MetadistillMaxPoolGather', { dx: passed, argmax }, pool) as [Tensor];
          const [, winners] = fused(inputs);
          const [got] = runKernel(
            'MetadistillBatchNormReluMaxPoolJvp',
            { ...shared, argmax: winners },
            { epsilon },
          ) as [Tensor];
          expect(relativeError(got, expected)).toBe(0);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('give the same by given moments', () => {
    fc.assert(
      fc.property(cases, (test) => {
        tidy(() => {
          const inputs = inputsOf(test);
          const { x, scale, offset } = inputs;
          const { mean, variance, y } = stepByStep(inputs);
          const moments = { x, scale, offset, mean, variance };
          const [got] = runKernel('MetadistillBatchNormReluMaxPoolEvaluation', moments, { epsilon }) as [
            Tensor,
          ];
          expect(got.shape).toEqual(y.shape);
          expect(relativeError(got, y)).toBe(0);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('pass on a value that is not a number', () => {
    tidy(() => {
      const x = tensor([1, 2, Number.NaN, 3, -1, -2, -3, -4], [1, 2, 4, 1]);
      const perChannel = { scale: ones([1]), offset: zeros([1]), mean: zeros([1]), variance: ones([1]) };
      const [y] = runKernel(
        'MetadistillBatchNormReluMaxPoolEvaluation',
        { x, ...perChannel },
        { epsilon: 0 },
      ) as [Tensor];
      expect(Array.from(y.dataSync())).toEqual([2, Number.NaN]);
    });
  });

  it('refuse an image without a window', () => {
    const inputs = { x: ones([3, 1, 4, 2]), scale: ones([2]), offset: zeros([2]) };
    expect(() => runKernel('MetadistillBatchNormReluMaxPool', inputs, { epsilon })).toThrow(/at least 2 × 2/);
    dispose(inputs);
  });
});
