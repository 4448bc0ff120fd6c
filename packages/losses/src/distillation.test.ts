import { expectNoLeak, relativeError } from '@metadistill/testing';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryBatch } from '../test/arbitrary-batch.js';
import { evaluateLoss } from '../test/evaluate-loss.js';
import { expectDerivatives } from '../test/expect-derivatives.js';
import * as reference from '../test/float64-reference.js';
import { GOLDEN_DECIMALS, goldenBatch } from '../test/golden.js';
import { distillation } from './distillation.js';

const temperatures = fc.double({ min: 0.1, max: 20, noNaN: true });

test.each([
  ['none', 0.101272],
  ['squared', 0.40509],
] as const)('KL(teacher ‖ student) at T = 2 with scaling %s has its golden value %f', (scaling, expected) => {
  const { value } = evaluateLoss(distillation({ scaling }), goldenBatch, { temperature: 2 });
  expect(value).toBeCloseTo(expected, GOLDEN_DECIMALS);
});

describe.each(['none', 'squared'] as const)('scaling %s', (scaling) => {
  const loss = distillation({ scaling });

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
        const expected = reference.kl(batch.teacher, batch.student, temperature);
        // float32 keeps 7 digits of z/T, which reaches 100 here, and the terms of the sum cancel.
        expect(Math.abs(value / scale - expected)).toBeLessThan(1e-5 * (1 + expected));
      }),
      { numRuns: 50 },
    );
  });

  test('a student that equals its teacher has no loss, no gradient and no mixed derivative', () => {
    fc.assert(
      fc.property(arbitraryBatch(30), temperatures, ({ student, labels }, temperature) => {
        const { value, gradient, mixed } = evaluateLoss(
          loss,
          { student, teacher: student, labels },
          { temperature },
        );
        expect([value, ...gradient, ...(mixed.temperature ?? [])].every((number) => number === 0)).toBe(true);
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
  expect(() => distillation({ scaling: 'cubed' as 'none' })).toThrow("scaling is cubed; expected 'none' or");
  expect(() => distillation({ divergence: 'mse' as 'forwardKL', scaling: 'none' })).toThrow(
    'divergence is mse',
  );
});
