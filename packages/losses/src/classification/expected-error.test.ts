import { expectNoLeak, inFloat64 } from '@metadistill/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryBatch } from '../../test/arbitrary-batch.js';
import { evaluateLoss } from '../../test/evaluate-loss.js';
import { expectDerivatives, expectFiniteAtAnySize } from '../../test/expect-derivatives.js';
import { goldenBatch } from '../../test/golden.js';
import { expectedError } from './expected-error.js';

const batch = {
  student: [
    [2, 0, 0],
    [0, 3, 0],
    [1, 0, 0],
  ],
  teacher: [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ],
  labels: [0, 1, 2],
};

test('is one less the mean probability of the label', () => {
  const p = (z: number, others: number) => Math.exp(z / 2) / (Math.exp(z / 2) + others);
  const last = 1 / (2 + Math.exp(0.5));
  const expected = 1 - (p(2, 2) + p(3, 2) + last) / 3;
  expect(evaluateLoss(expectedError({ temperature: 2 }), batch, {}).value).toBeCloseTo(expected, 6);
});

test('near temperature 0 it is the share of mistakes', () => {
  expect(evaluateLoss(expectedError({ temperature: 0.01 }), batch, {}).value).toBeCloseTo(1 / 3, 6);
});

test('calibrated, it does not mind the scale of the logits', () => {
  const scaled = { ...goldenBatch, student: goldenBatch.student.map((row) => row.map((z) => 7 * z)) };
  const [one, other] = [goldenBatch, scaled].map((each) => evaluateLoss(expectedError(), each, {}).value);
  expect(one).toBeCloseTo(other as number, 5);
});

test.each(['calibrated', 0.5, 3] as const)(
  'its gradient is the derivative of the whole at temperature %s',
  async (temperature) => {
    await inFloat64(() => {
      fc.assert(
        fc.property(arbitraryBatch(4), (each) => {
          expectDerivatives(expectedError({ temperature }), each, {});
        }),
        { numRuns: 30 },
      );
    });
  },
);

test('leaks no tensor, and refuses a temperature that is not above zero', async () => {
  await expectNoLeak(() => {
    evaluateLoss(expectedError(), goldenBatch, {});
  });
  expect(() => expectedError({ temperature: 0 })).toThrow('expectedError: temperature is 0');
});

test('gigantic logits and equal ones have finite derivatives', () => {
  expectFiniteAtAnySize(expectedError());
});
