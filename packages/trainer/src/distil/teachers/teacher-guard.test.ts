import { expect, test } from 'vitest';
import { guardTeacher, type TeacherGuard } from './teacher-guard.js';

const metaparameters = { distillationFraction: 0.9, temperature: 3 };
const without = { distillationFraction: 0, temperature: 3 };
/** Two standard errors of 0.6 on 600 examples are 0.04. */
const after = (
  guard: TeacherGuard<keyof typeof metaparameters>,
  { epoch = 5, accuracy = 0.7, at = metaparameters },
) =>
  guardTeacher(guard, {
    epoch,
    epochs: 100,
    accuracy,
    teacherAccuracy: 0.6,
    examples: 600,
    metaparameters: at,
  });

test('goes on without a teacher that is worse than its student by two standard errors', () => {
  expect(after('armed', { accuracy: 0.63 })).toEqual({ guard: 'armed', metaparameters });
  expect(after('armed', { accuracy: 0.65 })).toEqual({
    guard: { epoch: 5, accuracy: 0.65, metaparameters },
    metaparameters: without,
  });
});

test('returns to the teacher for good if the student gets worse by as much', () => {
  const trial = { epoch: 15, accuracy: 0.7, metaparameters };
  const stays = { guard: trial, metaparameters: without };
  expect(after(trial, { epoch: 31, accuracy: 0.67, at: without })).toEqual(stays);
  expect(after(trial, { epoch: 31, accuracy: 0.64, at: without })).toEqual({
    guard: 'spent',
    metaparameters,
  });
  expect(after('spent', { accuracy: 0.9 })).toEqual({ guard: 'spent', metaparameters });
});

test('judges no sooner than after as many epochs without the teacher as with it, and a tenth of all', () => {
  const isJudgedAt = (since: number, epoch: number) =>
    after({ epoch: since, accuracy: 0.7, metaparameters }, { epoch, accuracy: 0.1, at: without }).guard ===
    'spent';
  expect([30, 31].map((epoch) => isJudgedAt(15, epoch))).toEqual([false, true]);
  expect([11, 12].map((epoch) => isJudgedAt(2, epoch))).toEqual([false, true]);
});
