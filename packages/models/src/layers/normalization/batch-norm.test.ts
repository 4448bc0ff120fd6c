import { relativeError } from '@metadistill/testing';
import { abs, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectAdjoint, expectDerivativesOf, expectSecondOrder } from '../../../test/expect-derivatives.js';
import { onEachBackend } from '../../../test/on-each-backend.js';
import { plainBatchNorm, plainMoments } from '../../../test/plain/plain-layers.js';
import { scatteredOf, scatteredTensor, tensorOf } from '../../../test/values.js';
import type { Layer } from '../../types.js';
import { sequential } from '../containers/sequential.js';
import { conv2d } from '../convolution/conv2d.js';
import { batchNorm } from './batch-norm.js';
import { batchNormReluPool } from './batch-norm-relu-pool.js';

const layer = batchNorm({ channels: 3 });

onEachBackend(() => {
  test.each([[[6, 3]], [[4, 2, 3]], [[2, 3, 4, 3]], [[2, 2, 2, 2, 3]]])(
    'training differentiates through the moments of a batch of shape %j',
    (inputShape) => {
      expectDerivativesOf(plainBatchNorm(3, 1e-5), { layer, inputShape });
    },
  );

  test('evaluation normalises by the running moments and differentiates past them', () => {
    const moments = { mean: [0.25, -0.5, 1], variance: [0.5, 2, 1.25] };
    expectDerivativesOf(plainBatchNorm(3, 1e-5, moments), {
      layer,
      inputShape: [2, 3, 2, 3],
      mode: 'evaluation',
      statistics: [moments.mean, moments.variance],
    });
  });

  test.each(['training', 'evaluation'] as const)(
    'second order is the derivative of vjp in %s',
    async (mode) => {
      for (const inputShape of [
        [6, 3],
        [2, 3, 4, 3],
      ])
        await expectSecondOrder({ layer, inputShape, mode });
    },
  );

  test.each([
    ['unbiased', 5 / 4],
    ['biased', 1],
  ] as const)(
    'running statistics move a tenth of the way to the mean and the %s variance',
    (movingVariance, correction) => {
      const x = scatteredOf([5, 2], 1);
      const { mean, variance } = plainMoments(x, 2);
      tidy(() => {
        const two = batchNorm({ channels: 2, movingVariance });
        const parameters = [tensorOf([1, 1], [2]), tensorOf([0, 0], [2])];
        const statistics = [tensorOf([3, -1], [2]), tensorOf([2, 0.5], [2])];
        const after = two.forward({ parameters, statistics }, tensorOf(x, [5, 2]), 'training').statistics;
        const expectedMean = [3, -1].map((r, c) => 0.9 * r + 0.1 * mean[c]!);
        const expectedVariance = [2, 0.5].map((r, c) => 0.9 * r + 0.1 * correction * variance[c]!);
        // Float32 sums of five numbers.
        expect(relativeError(after[0]!, expectedMean)).toBeLessThan(1e-6);
        expect(relativeError(after[1]!, expectedVariance)).toBeLessThan(1e-6);
        expect(Array.from(statistics[0]!.dataSync())).toEqual([3, -1]);
      });
    },
  );

  test('evaluation hands back the statistics that it was given', () => {
    tidy(() => {
      const weights = layer.initialize(() => 0);
      const { statistics } = layer.forward(weights, tensorOf([1, 2, 3], [1, 3]), 'evaluation');
      expect(statistics).toBe(weights.statistics);
    });
  });

  test('a batch far from zero is normalised without loss', () => {
    // E[x²] − E[x]² in float32 would be off by 1e6 · 6e-8 = 0.06 where the variance is 0.3.
    const x = scatteredOf([64, 1], 3).map((value) => Math.fround(1000 + value));
    tidy(() => {
      const one = batchNorm({ channels: 1 });
      const { output } = one.forward(
        one.initialize(() => 0),
        tensorOf(x, [64, 1]),
        'training',
      );
      // A sum near 64,000 is rounded to 0.004, which the mean inherits as some 1e-4 of the deviation.
      expect(relativeError(output, plainBatchNorm(1, 1e-5)([[1], [0]], x))).toBeLessThan(1e-3);
    });
  });

  test.each([
    ['batchNorm', batchNorm({ channels: 4 })],
    ['batchNormReluPool', batchNormReluPool({ channels: 4 })],
  ])('a bias before %s in training has no gradient, and it has none that moves', (_, norm) => {
    const net = sequential({
      layers: [conv2d({ name: 'conv', inputs: 3, outputs: 4, kernelSize: 3 }), norm],
    }) as Required<Layer>;
    tidy(() => {
      let draws = 0;
      const weights = net.initialize((low, high) => low + (high - low) * ((draws++ * 0.618) % 1));
      const x = scatteredTensor([2, 6, 6, 3], 1);
      const { output, cache } = net.forward(weights, x, 'training');
      const dy = scatteredTensor(output.shape, 2);
      const gradients = net.vjp(weights, cache, dy, false).parameters;
      const tangents = weights.parameters.map(({ shape }, i) => scatteredTensor(shape, 3 + i));
      const { pullBack } = net.secondOrder(weights, cache, dy, false).along(tangents, undefined);
      const moved = pullBack(scatteredTensor(output.shape, 9)).parameters;
      expect(net.parameters[1]?.name).toBe('conv.bias');
      for (const [, bias] of [gradients, moved]) expect(Array.from(bias!.dataSync())).toEqual([0, 0, 0, 0]);
      expect(Math.max(...abs(gradients[0]!).dataSync())).toBeGreaterThan(0.01);
      const evaluated = net.forward(weights, x, 'evaluation');
      const [, bias] = net.vjp(weights, evaluated.cache, dy, false).parameters;
      expect(Math.min(...abs(bias!).dataSync())).toBeGreaterThan(0);
    });
  });

  test('vjp is the adjoint of jvp at any shape, in both modes', () => {
    const size = fc.integer({ min: 2, max: 5 });
    const mode = fc.constantFrom('training' as const, 'evaluation' as const);
    fc.assert(
      fc.property(size, size, size, mode, (batch, side, channels, mode) => {
        expectAdjoint({ layer: batchNorm({ channels }), inputShape: [batch, side, side, channels], mode });
      }),
      { numRuns: 20 },
    );
  });
});

test('it starts as PyTorch does, with the identity on normalised input, and draws nothing', () => {
  const { parameters, statistics } = layer.initialize(() => {
    throw new Error('drew a number');
  });
  const numbers = [...parameters, ...statistics].map((tensor) => Array.from(tensor.dataSync()));
  expect(numbers).toEqual([
    [1, 1, 1],
    [0, 0, 0],
    [0, 0, 0],
    [1, 1, 1],
  ]);
});

test('training on one value per channel is refused', () => {
  const weights = layer.initialize(() => 0);
  expect(() => layer.forward(weights, tensorOf([1, 2, 3], [1, 3]), 'training')).toThrow(
    'batchNorm: input has shape [1, 3], 1 value per channel; expected at least 2 in training.',
  );
});

test('one value per channel has a biased variance, 0, so that the offset is left', () => {
  tidy(() => {
    const keras = batchNorm({ channels: 3, movingVariance: 'biased', momentum: 0.5 });
    const weights = keras.initialize(() => 0);
    const { output, statistics } = keras.forward(weights, tensorOf([1, 2, 3], [1, 3]), 'training');
    expect(Array.from(output.dataSync())).toEqual([0, 0, 0]);
    expect(statistics.map((each) => Array.from(each.dataSync()))).toEqual([
      [0.5, 1, 1.5],
      [0.5, 0.5, 0.5],
    ]);
  });
});

test('other channels are refused', () => {
  expect(() => layer.outputShape([4, 4, 1])).toThrow(
    'batchNorm: input has shape [batch, 4, 4, 1]; expected [batch, 4, 4, 3].',
  );
});

test.each([
  [{ channels: 0 }, 'channels is 0'],
  [{ channels: 2, momentum: 1.5 }, 'momentum is 1.5; expected 0 to 1.'],
  [
    { channels: 2, movingVariance: 'keras' as 'biased' },
    "movingVariance is 'keras'; expected 'biased' or 'unbiased'.",
  ],
  [{ channels: 2, epsilon: -1 }, 'epsilon is -1; expected a number of at least 0.'],
])('%j is refused', (options, message) => {
  expect(() => batchNorm(options)).toThrow(message);
});
