import { expectNoLeak, relativeError } from '@metadistill/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryBatch, tilted } from '../../test/arbitrary-batch.js';
import { evaluateLoss } from '../../test/evaluate-loss.js';
import { expectDerivatives } from '../../test/expect-derivatives.js';
import { GOLDEN_DECIMALS, goldenBatch, goldenValue } from '../../test/golden.js';
import { distillation } from '../distillation/distillation.js';
import { standardizeLogits } from './standardize-logits.js';

const inner = distillation({ scaling: 'squared' });

test.each([
  ['unbiased', true, 0.027701],
  ['biased', false, 0.039174],
] as const)(
  'distillation at T = 2 with the %s deviation has its golden value %f',
  (_, unbiased, expected) => {
    expect(goldenValue(standardizeLogits(inner, { unbiased }), { temperature: 2 })).toBeCloseTo(
      expected,
      GOLDEN_DECIMALS,
    );
  },
);

test('closed forms are the differences of one another if rows have a spread', () => {
  fc.assert(
    fc.property(arbitraryBatch(5), fc.double({ min: 0.2, max: 5, noNaN: true }), (batch, temperature) => {
      for (const unbiased of [true, false]) {
        expectDerivatives(standardizeLogits(inner, { unbiased }), tilted(batch, 12), { temperature });
      }
    }),
    { numRuns: 20 },
  );
});

test('a shift or a positive scale of the student’s logits changes nothing', () => {
  const loss = standardizeLogits(inner, { unbiased: true });
  const moved = {
    ...goldenBatch,
    student: goldenBatch.student.map((row) => row.map((value) => 100 * value + 7)),
  };
  const before = evaluateLoss(loss, goldenBatch, { temperature: 2 });
  const after = evaluateLoss(loss, moved, { temperature: 2 });
  expect(after.value).toBeCloseTo(before.value, 6);
  // 100 times the logits, a hundredth of the slope; float32 keeps six digits of 140 − 57.
  const scaled = before.gradient.map((value) => value / 100);
  expect(relativeError(after.gradient, scaled)).toBeLessThan(1e-5);
});

test('constant rows give a finite loss and gradient, and no tensor leaks', async () => {
  await expectNoLeak(() => {
    const flat = { student: [[3, 3, 3]], teacher: [[0, 1, 2]], labels: [0] };
    const { value, gradient } = evaluateLoss(standardizeLogits(inner, { unbiased: true }), flat, {
      temperature: 2,
    });
    expect([value, ...gradient].every(Number.isFinite)).toBe(true);
  });
});

test('refuses an epsilon below 0', () => {
  expect(() => standardizeLogits(inner, { unbiased: true, epsilon: -1 })).toThrow(
    'standardizeLogits: epsilon is -1; expected a finite number of at least 0.',
  );
});
