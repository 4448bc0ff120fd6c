import { expectNoLeak } from '@metadistill/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryBatch } from '../../test/arbitrary-batch.js';
import { evaluateLoss } from '../../test/evaluate-loss.js';
import { expectDerivatives } from '../../test/expect-derivatives.js';
import { crossEntropy, logSoftmax, mean } from '../../test/float64-reference.js';
import { goldenBatch } from '../../test/golden.js';
import { smoothedCrossEntropy } from './smoothed-cross-entropy.js';

test('mixes the cross-entropy with the mean over all classes', () => {
  const uniform = mean(goldenBatch.student.map((row) => -mean(logSoftmax(row))));
  const { value } = evaluateLoss(smoothedCrossEntropy(), goldenBatch, { labelSmoothing: 0.1 });
  expect(value).toBeCloseTo(0.9 * crossEntropy(goldenBatch) + 0.1 * uniform, 6);
  const plain = evaluateLoss(smoothedCrossEntropy(), goldenBatch, { labelSmoothing: 0 });
  expect(plain.value).toBeCloseTo(crossEntropy(goldenBatch), 6);
});

test('closed forms are the differences of one another', () => {
  fc.assert(
    fc.property(
      arbitraryBatch(5),
      fc.double({ min: 0.01, max: 0.9, noNaN: true }),
      (batch, labelSmoothing) => {
        expectDerivatives(smoothedCrossEntropy(), batch, { labelSmoothing });
      },
    ),
    { numRuns: 30 },
  );
});

test('leaks no tensor', async () => {
  await expectNoLeak(() => {
    evaluateLoss(smoothedCrossEntropy(), goldenBatch, { labelSmoothing: 0.1 });
  });
});

test('refuses a smoothing that makes no probabilities of the targets', () => {
  const at = (labelSmoothing: number) => () =>
    evaluateLoss(smoothedCrossEntropy(), goldenBatch, { labelSmoothing });
  expect(at(1)).toThrow('labelSmoothing is 1; expected a number from 0 to below 1');
  expect(at(-0.1)).toThrow('labelSmoothing is -0.1');
  expect(at(Number.NaN)).toThrow('labelSmoothing is NaN');
});
