import { expectNoLeak, relativeError } from '@metadistill/testing';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { evaluateLoss } from '../../test/evaluate-loss.js';
import { goldenBatch } from '../../test/golden.js';
import { distillation } from './distillation.js';
import { teacherAgreement } from './teacher-agreement.js';

/** The teacher is right about the first example, and takes the second's class 2 for class 0. */
const batch = {
  student: [
    [1, 0, -1],
    [0, 2, 1],
  ],
  teacher: [
    [4, 1, 0],
    [5, 1, 2],
  ],
  labels: [0, 2],
};

test('is the KL divergence from the teacher at that temperature', () => {
  const got = evaluateLoss(teacherAgreement({ temperature: 3 }), batch, {});
  const expected = evaluateLoss(distillation({ scaling: 'none' }), batch, { temperature: 3 });
  expect(got.value).toBe(expected.value);
  expect(got.gradient).toEqual(expected.gradient);
});

test('swap asks for the answer with the wrong first choice and the label exchanged', () => {
  const got = evaluateLoss(teacherAgreement({ temperature: 3, wrongTeacher: 'swap' }), batch, {});
  const corrected = {
    ...batch,
    teacher: [
      [4, 1, 0],
      [2, 1, 5],
    ],
  };
  const expected = evaluateLoss(teacherAgreement({ temperature: 3 }), corrected, {});
  expect(got.value).toBeCloseTo(expected.value, 6);
  expect(relativeError(got.gradient, expected.gradient)).toBeLessThan(1e-6);
});

test.each([Number.NEGATIVE_INFINITY, -3.4e38, -1e20])(
  'swap gives a label that the teacher masks by %d the logit of its first choice',
  (mask) => {
    const masked = {
      ...batch,
      teacher: [
        [4, 1, mask],
        [5, 1, mask],
      ],
      labels: [2, 2],
    };
    const got = evaluateLoss(teacherAgreement({ temperature: 3, wrongTeacher: 'swap' }), masked, {});
    const swapped = {
      ...masked,
      teacher: [
        [-900, 1, 4],
        [-900, 1, 5],
      ],
    };
    const expected = evaluateLoss(teacherAgreement({ temperature: 3 }), swapped, {});
    expect(got.value).toBeCloseTo(expected.value, 6);
    expect(relativeError(got.gradient, expected.gradient)).toBeLessThan(1e-6);
  },
);

test('vanishes where the student is its teacher, and leaks no tensor', async () => {
  const same = { ...goldenBatch, student: goldenBatch.teacher };
  expect(evaluateLoss(teacherAgreement({ temperature: 5 }), same, {}).value).toBeCloseTo(0, 6);
  await expectNoLeak(() => {
    evaluateLoss(teacherAgreement({ temperature: 5, wrongTeacher: 'swap' }), goldenBatch, {});
  });
});

test('refuses a missing teacher, a temperature of 0 and what is no way to treat a wrong teacher', () => {
  const logits = tensor2d([[1, 2]]);
  const labels = tensor1d([0], 'int32');
  expect(() => teacherAgreement({ temperature: 3 }).valueAndGradient(logits, { labels }, {})).toThrow(
    'teacherAgreement: targets.teacherLogits is undefined',
  );
  expect(() => teacherAgreement({ temperature: 0 })).toThrow('teacherAgreement: temperature is 0');
  expect(() => teacherAgreement({ temperature: 1, wrongTeacher: 'ignore' as 'swap' })).toThrow(
    `teacherAgreement: wrongTeacher is 'ignore'; expected 'trust' or 'swap'`,
  );
});
