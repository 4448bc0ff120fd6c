import { expectNoLeak, relativeError } from '@metadistill/testing';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryBatch } from '../../test/arbitrary-batch.js';
import { evaluateLoss } from '../../test/evaluate-loss.js';
import { expectDerivatives } from '../../test/expect-derivatives.js';
import { divergences } from '../../test/float64-reference.js';
import { GOLDEN_DECIMALS, goldenBatch, goldenValue } from '../../test/golden.js';
import { distillation } from './distillation.js';

const temperatures = fc.double({ min: 0.1, max: 20, noNaN: true });

test.each([
  ['none', 0.101272],
  ['squared', 0.40509],
] as const)('KL(teacher ‖ student) at T = 2 with scaling %s has its golden value %f', (scaling, expected) => {
  expect(goldenValue(distillation({ scaling }), { temperature: 2 })).toBeCloseTo(expected, GOLDEN_DECIMALS);
});

test.each([
  ['reverseKL', 0.123622],
  ['softCrossEntropy', 0.951829],
] as const)('%s at T = 2 has its golden value %f', (divergence, expected) => {
  expect(
    goldenValue(distillation({ divergence, scaling: 'none' }), {
      temperature: 2,
    }),
  ).toBeCloseTo(expected, GOLDEN_DECIMALS);
});

const variants = (['forwardKL', 'reverseKL', 'softCrossEntropy', 'jensenShannon'] as const).flatMap(
  (divergence) => (['none', 'squared'] as const).map((scaling) => ({ divergence, scaling })),
);

describe.each(variants)('$divergence, scaling $scaling', ({ divergence, scaling }) => {
  const loss = distillation({ divergence, scaling });

  test('closed forms are the differences of one another', () => {
    fc.assert(
      fc.property(arbitraryBatch(5), temperatures, (batch, temperature) => {
        expectDerivatives(loss, batch, { temperature });
      }),
      { numRuns: 30 },
    );
  });

  test('float32 agrees with the float64 definition', () => {
    fc.assert(
      fc.property(arbitraryBatch(5), fc.double({ min: 0.1, max: 4, noNaN: true }), (batch, temperature) => {
        const { value } = evaluateLoss(loss, batch, { temperature });
        const scale = scaling === 'none' ? 1 : temperature ** 2;
        const expected = divergences[divergence](batch, temperature);
        // float32 keeps 7 digits of z/T, which reaches 100 here, and the terms of the sum cancel.
        expect(Math.abs(value / scale - expected)).toBeLessThan(1e-5 * (1 + expected));
      }),
      { numRuns: 50 },
    );
  });

  test('a student that equals its teacher has no gradient, no mixed derivative and the smallest loss', () => {
    fc.assert(
      fc.property(arbitraryBatch(30), temperatures, ({ student, labels }, temperature) => {
        const batch = { student, teacher: student, labels };
        const { value, gradient, mixed } = evaluateLoss(loss, batch, { temperature });
        const smallest =
          divergences[divergence](batch, temperature) * (scaling === 'none' ? 1 : temperature ** 2);
        // Rounding of terms of size 1, and of T² times the entropy where the loss contains it.
        expect(Math.abs(value - smallest)).toBeLessThan(1e-6 * (1 + smallest));
        for (const number of [...gradient, ...(mixed.temperature ?? [])]) {
          expect(Math.abs(number)).toBeLessThan(1e-5);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('a constant added to a row of logits changes nothing', () => {
    const shifted = {
      ...goldenBatch,
      student: goldenBatch.student.map((row) => row.map((value) => value + 4)),
      teacher: goldenBatch.teacher.map((row) => row.map((value) => value - 8)),
    };
    const before = evaluateLoss(loss, goldenBatch, { temperature: 2 });
    const after = evaluateLoss(loss, shifted, { temperature: 2 });
    // Adding 4 or 8 rounds the sixth to seventh digit of logits near 1.
    expect(relativeError(after.gradient, before.gradient)).toBeLessThan(1e-5);
    expect(relativeError(after.mixed.temperature ?? [], before.mixed.temperature ?? [])).toBeLessThan(1e-5);
  });
});

test('as T grows T² KL tends to half the mean squared difference of centred logits: 0.662778 here', () => {
  const { value } = evaluateLoss(distillation({ scaling: 'squared' }), goldenBatch, { temperature: 1e4 });
  // The golden value at T = 1e4 is 0.662756; float32 keeps six digits of it, since no terms cancel.
  expect(Math.abs(value - 0.662756)).toBeLessThan(2e-6);
});

test('the Jensen-Shannon divergence of teachers and students without common support is log 2', () => {
  const batch = { student: [[1e4, -1e4]], teacher: [[-1e4, 1e4]], labels: [0] };
  const { value } = evaluateLoss(distillation({ divergence: 'jensenShannon', scaling: 'none' }), batch, {
    temperature: 0.05,
  });
  expect(value).toBeCloseTo(Math.LN2, 6);
});

test('leaks no tensor', async () => {
  await expectNoLeak(() => {
    evaluateLoss(distillation({ scaling: 'squared' }), goldenBatch, { temperature: 2 });
  });
});

test('refuses missing or misshapen teacher logits, bad temperatures and unknown options', () => {
  const logits = tensor2d([[1, 2]]);
  const labels = tensor1d([0], 'int32');
  const loss = distillation({ scaling: 'none' });
  const run = (temperature: number, teacher?: number[][]) => () =>
    loss.mixedDerivatives(logits, teacher ? { labels, teacherLogits: tensor2d(teacher) } : { labels }, {
      temperature,
    });
  expect(run(1)).toThrow('distillation: targets.teacherLogits is undefined');
  expect(run(1, [[1, 2, 3]])).toThrow('teacherLogits has shape [1,3]; expected [1,2]');
  expect(run(-1, [[1, 2]])).toThrow('distillation: temperature is -1; expected a finite number above 0');
  expect(() => distillation({ scaling: 'cubed' as 'none' })).toThrow(
    "scaling is 'cubed'; expected 'none', 'squared' or",
  );
  expect(() => distillation({ divergence: 'mse' as 'forwardKL', scaling: 'none' })).toThrow(
    "divergence is 'mse'",
  );
});
