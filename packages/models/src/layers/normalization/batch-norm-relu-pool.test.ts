import { relativeError } from '@metadistill/testing';
import { tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectAdjoint, expectDerivativesOf } from '../../../test/expect-derivatives.js';
import { onEachBackend } from '../../../test/on-each-backend.js';
import { type Plain, plainBatchNorm, plainRelu } from '../../../test/plain/plain-layers.js';
import { plainMaxPool } from '../../../test/plain/plain-pooling.js';
import { scatteredTensor } from '../../../test/values.js';
import { batchNorm } from './batch-norm.js';
import { batchNormReluPool } from './batch-norm-relu-pool.js';

const layer = batchNormReluPool({ channels: 3 });

const plain =
  (inputShape: readonly [number, number, number, number]): Plain =>
  (parameters, x) =>
    plainMaxPool(inputShape, 2)([], plainRelu([], plainBatchNorm(3, 1e-5)(parameters, x)));

onEachBackend(() => {
  test.each([[[2, 4, 6, 3] as const], [[3, 5, 3, 3] as const]])(
    'is batch norm, ReLU and pooling of images %j, derivatives included',
    (inputShape) => {
      expectDerivativesOf(plain(inputShape), { layer, inputShape });
    },
  );

  test('vjp is the adjoint of jvp at any shape, in both modes', () => {
    const side = fc.integer({ min: 2, max: 7 });
    const mode = fc.constantFrom('training' as const, 'evaluation' as const);
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 9 }), mode, (height, width, channels, mode) => {
        const inputShape = [2, height, width, channels];
        expectAdjoint({ layer: batchNormReluPool({ channels }), inputShape, mode });
      }),
      { numRuns: 10 },
    );
  });

  test.each(['unbiased', 'biased'] as const)(
    'moves the running statistics as batch norm does: %s',
    (movingVariance) => {
      tidy(() => {
        const options = { channels: 3, movingVariance };
        const x = scatteredTensor([2, 4, 4, 3], 1);
        const weights = layer.initialize(() => 0);
        const { statistics } = batchNormReluPool(options).forward(weights, x, 'training');
        const expected = batchNorm(options).forward(weights, x, 'training').statistics;
        // Two float32 sums of 32 numbers in different orders.
        for (const [i, each] of statistics.entries())
          expect(relativeError(each, expected[i]!)).toBeLessThan(1e-6);
      });
    },
  );
});

test('has the parameters of batch norm', () => {
  expect(layer.parameters.map(({ name }) => name)).toEqual(['weight', 'bias']);
});
