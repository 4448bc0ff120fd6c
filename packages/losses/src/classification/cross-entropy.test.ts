import { expectNoLeak, relativeError } from '@metadistill/testing';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryBatch } from '../../test/arbitrary-batch.js';
import { evaluateLoss } from '../../test/evaluate-loss.js';
import { expectDerivatives } from '../../test/expect-derivatives.js';
import * as reference from '../../test/float64-reference.js';
import { GOLDEN_DECIMALS, goldenBatch, goldenValue } from '../../test/golden.js';
import { crossEntropy } from './cross-entropy.js';

test('the golden value is 1.097601', () => {
  expect(goldenValue(crossEntropy(), {})).toBeCloseTo(1.097601, GOLDEN_DECIMALS);
});

test('logits that are all equal cost log(classes), whatever the temperature', () => {
  const batch = { student: [[2, 2, 2, 2]], teacher: [[0, 0, 0, 0]], labels: [3] };
  expect(evaluateLoss(crossEntropy({ temperature: 0.1 }), batch, {}).value).toBeCloseTo(Math.log(4), 6);
});

test('value and gradient agree with the float64 definition at any temperature', () => {
  fc.assert(
    fc.property(arbitraryBatch(5), fc.double({ min: 0.1, max: 10, noNaN: true }), (batch, temperature) => {
      const loss = crossEntropy({ temperature });
      expectDerivatives(loss, batch, {});
      // float32 keeps 7 digits of z/T, which reaches 100 here.
      const expected = reference.crossEntropy(batch, temperature);
      expect(Math.abs(evaluateLoss(loss, batch, {}).value - expected)).toBeLessThan(1e-5 * (1 + expected));
    }),
    { numRuns: 30 },
  );
});

test('logits of ten thousand give a finite value and a gradient that is onehot minus onehot', () => {
  const batch = { student: [[1e4, -1e4, 0]], teacher: [[0, 0, 0]], labels: [1] };
  const { value, gradient } = evaluateLoss(crossEntropy(), batch, {});
  expect(value).toBeCloseTo(2e4, 0);
  expect(relativeError(gradient, [1, -1, 0])).toBeLessThan(1e-6);
});

test('has no metaparameters, and leaks no tensor', async () => {
  expect(crossEntropy().metaparameters).toEqual([]);
  await expectNoLeak(() => {
    evaluateLoss(crossEntropy(), goldenBatch, {});
  });
});

test('refuses labels of another dtype or length, and a temperature that is not above zero', () => {
  const logits = tensor2d([[1, 2]]);
  const both = (labels: number[], dtype: 'int32' | 'float32') => () =>
    crossEntropy().valueAndGradient(logits, { labels: tensor1d(labels, dtype) }, {});
  expect(both([0], 'float32')).toThrow('crossEntropy: labels has dtype float32; expected int32');
  expect(both([0, 1], 'int32')).toThrow('crossEntropy: labels has shape [2]; expected [1]');
  expect(() => crossEntropy({ temperature: 0 })).toThrow('crossEntropy: temperature is 0; expected');
  expect(() => crossEntropy({ temperature: Number.NaN })).toThrow(RangeError);
});
