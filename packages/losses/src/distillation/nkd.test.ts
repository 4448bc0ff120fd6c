import { expectNoLeak } from '@metadistill/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryBatch } from '../../test/arbitrary-batch.js';
import { evaluateLoss } from '../../test/evaluate-loss.js';
import { expectDerivatives } from '../../test/expect-derivatives.js';
import { GOLDEN_DECIMALS, goldenBatch, goldenValue } from '../../test/golden.js';
import { nkd } from './nkd.js';

test('weight 1.5 at T = 1 gives the golden value 0.914599', () => {
  expect(goldenValue(nkd(), { temperature: 1, nonTargetWeight: 1.5 })).toBeCloseTo(0.914599, GOLDEN_DECIMALS);
});

test('closed forms are the differences of one another', () => {
  const positive = fc.double({ min: 0.1, max: 10, noNaN: true });
  fc.assert(
    fc.property(arbitraryBatch(5), positive, positive, (batch, temperature, nonTargetWeight) => {
      expectDerivatives(nkd(), batch, { temperature, nonTargetWeight });
    }),
    { numRuns: 30 },
  );
});

test('a teacher that is sure of the label leaves the cross-entropy of that label', () => {
  const batch = { student: [[1, 2, 0]], teacher: [[100, 0, 0]], labels: [0] };
  const { value } = evaluateLoss(nkd(), batch, { temperature: 1, nonTargetWeight: 0 });
  // log(e¹ + e² + e⁰) − 1
  expect(value).toBeCloseTo(Math.log(Math.E + Math.E ** 2 + 1) - 1, 6);
});

test('leaks no tensor', async () => {
  await expectNoLeak(() => {
    evaluateLoss(nkd(), goldenBatch, { temperature: 1, nonTargetWeight: 1.5 });
  });
});
