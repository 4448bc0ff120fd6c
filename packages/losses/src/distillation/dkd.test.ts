import { expectNoLeak } from '@metadistill/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryBatch } from '../../test/arbitrary-batch.js';
import { evaluateLoss } from '../../test/evaluate-loss.js';
import { expectDerivatives } from '../../test/expect-derivatives.js';
import { divergences, softmax } from '../../test/float64-reference.js';
import { GOLDEN_DECIMALS, goldenValue } from '../../test/golden.js';
import { dkd } from './dkd.js';

const positive = fc.double({ min: 0.1, max: 10, noNaN: true });

test.each([
  ['TCKD', 1, 0, 0.245358 / 4],
  ['NCKD', 0, 1, 0.32426 / 4],
] as const)('%s has its golden value at T = 2', (_, targetWeight, nonTargetWeight, expected) => {
  const metaparameters = { temperature: 2, targetWeight, nonTargetWeight };
  expect(goldenValue(dkd({ scaling: 'none' }), metaparameters)).toBeCloseTo(expected, GOLDEN_DECIMALS);
});

test('weights 1 and 8 at T = 2 give the golden value 2.839436', () => {
  const metaparameters = { temperature: 2, targetWeight: 1, nonTargetWeight: 8 };
  expect(goldenValue(dkd({ scaling: 'squared' }), metaparameters)).toBeCloseTo(2.839436, GOLDEN_DECIMALS);
});

test('closed forms are the differences of one another', () => {
  fc.assert(
    fc.property(arbitraryBatch(5), positive, positive, positive, (batch, temperature, one, other) => {
      const metaparameters = { temperature, targetWeight: one, nonTargetWeight: other };
      expectDerivatives(dkd({ scaling: 'squared' }), batch, metaparameters);
    }),
    { numRuns: 30 },
  );
});

test('one example with weights 1 and 1 − q_y is plain distillation', () => {
  fc.assert(
    fc.property(arbitraryBatch(5), positive, ({ student, teacher, labels }, temperature) => {
      const first = { student: [student[0]!], teacher: [teacher[0]!], labels: [labels[0]!] };
      const nonTargetWeight = 1 - softmax(first.teacher[0]!, temperature)[first.labels[0]!]!;
      const { value } = evaluateLoss(dkd({ scaling: 'none' }), first, {
        temperature,
        targetWeight: 1,
        nonTargetWeight,
      });
      const expected = divergences.forwardKL(first, temperature);
      // float32 keeps 7 digits of z/T, which reaches 100 here, and the terms of the sums cancel.
      expect(Math.abs(value - expected)).toBeLessThan(1e-5 * (1 + expected));
    }),
    { numRuns: 50 },
  );
});

test('stays exact if the label dominates by more than any fixed mask', () => {
  const batch = { student: [[1e4, 3, 1]], teacher: [[1e4, 1, 2]], labels: [0] };
  const { value, gradient } = evaluateLoss(dkd({ scaling: 'none' }), batch, {
    temperature: 1,
    targetWeight: 1,
    nonTargetWeight: 1,
  });
  // What is left is the KL of the other two classes alone.
  const expected = divergences.forwardKL({ student: [[3, 1]], teacher: [[1, 2]], labels: [0] }, 1);
  expect(value).toBeCloseTo(expected, 5);
  expect(gradient[0]).toBe(0);
});

test('two classes leave no other class to compare, and no tensor leaks', async () => {
  const batch = { student: [[1, 2]], teacher: [[3, -1]], labels: [0] };
  await expectNoLeak(() => {
    const { byMetaparameter } = evaluateLoss(dkd({ scaling: 'squared' }), batch, {
      temperature: 2,
      targetWeight: 1,
      nonTargetWeight: 8,
    });
    expect(byMetaparameter.nonTargetWeight).toBe(0);
  });
});
