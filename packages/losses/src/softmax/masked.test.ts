import '@tensorflow/tfjs-backend-wasm';
import { inFloat64 } from '@metadistill/testing';
import { setBackend } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { type Batch, evaluateLoss, hessianProductOf, valueAndGradientOf } from '../../test/evaluate-loss.js';
import { everyLogitLoss, metaparametersAt } from '../../test/every-loss.js';
import { divergences } from '../../test/float64-reference.js';
import { standardizeLogits } from '../combine/standardize-logits.js';
import { distillation } from '../distillation/distillation.js';
import { dkd } from '../distillation/dkd.js';
import type { LogitLoss } from '../types.js';

afterEach(() => setBackend('cpu'));

/** A logit whose probability is exactly 0 in float64, and that no formula overflows on. */
const FAR = -1e6;
const masks = [Number.NEGATIVE_INFINITY, -3.4e38, -1e33];

/** A teacher that masks none, one or two of four classes of each row. */
const maskedBy = (mask: number): Batch => ({
  student: [
    [0.3, 1, -0.5, 0.2],
    [0, 3, 1, -1],
    [0.1, 0.5, 1, 2],
    [1, 0, 0, 0.5],
  ],
  teacher: [
    [2, mask, -1, 0.5],
    [mask, 3, mask, 1],
    [1, 0.2, 0.4, mask],
    [0.5, 0.1, 2, -1],
  ],
  labels: [0, 1, 2, 2],
  groups: [0, 1, 2, 3],
});

/** All that a loss says, one after the other. */
function everything(
  loss: LogitLoss<string>,
  batch: Batch,
  metaparameters: Parameters<typeof evaluateLoss>[2],
) {
  const { value, gradient, byMetaparameter, mixed } = evaluateLoss(loss, batch, metaparameters);
  const product = loss.hessianProduct ? hessianProductOf(loss, batch, metaparameters, batch.student) : [];
  return [value, ...gradient, ...Object.values(byMetaparameter), ...Object.values(mixed).flat(), ...product];
}

// The reverse KL is infinite. Standardised logits move with the mask, see below.
const listed = everyLogitLoss.filter(({ loss }) => !/reverseKL|weightedSum|standardize/.test(loss.name));

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  test.each(listed.map((each) => [each.loss.name, each] as const))(
    '%s: a masked class has probability 0, in the value and every derivative',
    async (_, each) => {
      for (const temperature of [0.5, 3, 20]) {
        const metaparameters = metaparametersAt(each, temperature);
        await setBackend('cpu');
        const expected = inFloat64(() => everything(each.loss, maskedBy(FAR), metaparameters));
        await setBackend(backend);
        expect(expected.every(Number.isFinite)).toBe(true);
        for (const mask of masks) {
          const found = everything(each.loss, maskedBy(mask), metaparameters);
          // Float32: the largest error of any number was 6e-5 of 1 plus its size, of correlations of flat rows.
          for (const [i, number] of found.entries()) {
            expect(Math.abs(number - expected[i]!)).toBeLessThan(2e-4 * (1 + Math.abs(expected[i]!)));
          }
        }
      }
    },
  );
});

test('forward KL, cross-entropy and Jensen-Shannon are those of the definition in float64, for any masks', () => {
  const row = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 5, maxLength: 5 });
  const hidden = fc.subarray([0, 1, 2, 3, 4], { maxLength: 4 });
  const names = ['forwardKL', 'softCrossEntropy', 'jensenShannon'] as const;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(row, row, hidden), { minLength: 1, maxLength: 3 }),
      fc.double({ min: 0.1, max: 20, noNaN: true }),
      fc.constantFrom(...masks),
      fc.constantFrom(...names),
      (rows, temperature, mask, divergence) => {
        const withMask = (value: number): Batch => ({
          student: rows.map(([student]) => student),
          teacher: rows.map(([, teacher, classes]) =>
            teacher.map((logit, k) => (classes.includes(k) ? value : logit)),
          ),
          labels: rows.map(() => 0),
        });
        const loss = distillation({ divergence, scaling: 'none' });
        const { value } = inFloat64(() => valueAndGradientOf(loss, withMask(mask), { temperature }));
        const expected = divergences[divergence](withMask(FAR), temperature);
        expect(Math.abs(value - expected)).toBeLessThan(1e-12 * (1 + expected));
      },
    ),
  );
});

test('the reverse KL is infinite if the teacher masks a class that the student does not', () => {
  const loss = distillation({ divergence: 'reverseKL', scaling: 'none' });
  for (const mask of masks) {
    for (const temperature of [0.5, 20]) {
      expect(valueAndGradientOf(loss, maskedBy(mask), { temperature }).value).toBe(Number.POSITIVE_INFINITY);
    }
  }
  const agreed = { student: [[1, -1e4]], teacher: [[1, Number.NEGATIVE_INFINITY]], labels: [0] };
  expect(evaluateLoss(loss, agreed, { temperature: 1 }).value).toBe(0);
});

test('logits are standardised over the classes that are not masked', () => {
  const loss = standardizeLogits(distillation({ scaling: 'none' }), { unbiased: true });
  const student = [[0.3, 1, -0.5, 0.2]];
  for (const mask of masks) {
    const found = evaluateLoss(
      loss,
      { student, teacher: [[2, mask, -1, 0.5]], labels: [0] },
      { temperature: 2 },
    );
    // (2, −1, 0.5) has mean 0.5 and deviation 1.5: standardised by hand, the far logit is of no weight.
    const deviation = Math.sqrt(student[0]!.reduce((sum, z) => sum + (z - 0.25) ** 2, 0) / 3);
    const byHand = {
      student: [student[0]!.map((z) => (z - 0.25) / deviation)],
      teacher: [[1, FAR, -1, 0]],
      labels: [0],
    };
    expect(found.value).toBeCloseTo(divergences.forwardKL(byHand, 2), 5);
    expect(found.gradient.every(Number.isFinite)).toBe(true);
  }
});

test('a teacher that masks all classes but the label has no preference among the others', () => {
  const hidden = Number.NEGATIVE_INFINITY;
  const at = { temperature: 2, targetWeight: 0, nonTargetWeight: 1 };
  const batch = (others: number) => ({ student: [[0, 1, 2]], teacher: [[1, others, others]], labels: [0] });
  const { value, gradient } = evaluateLoss(dkd({ scaling: 'none' }), batch(hidden), at);
  expect(value).toBeCloseTo(evaluateLoss(dkd({ scaling: 'none' }), batch(0), at).value, 6);
  expect(gradient.every(Number.isFinite)).toBe(true);
});

test('NaN of a teacher stays NaN, on every backend', async () => {
  for (const backend of ['cpu', 'wasm']) {
    await setBackend(backend);
    const batch = { student: [[0, 1, 2]], teacher: [[1, Number.NaN, 0]], labels: [0] };
    expect(valueAndGradientOf(distillation({ scaling: 'none' }), batch, { temperature: 1 }).value).toBeNaN();
  }
});
