import type { Metaparameters } from '@metadistill/losses';

/**
 * Where the guard against a bad teacher stands: it watches (`armed`), the student goes on without the teacher since an epoch
 * in which it had that accuracy, or this was tried and made it worse (`spent`).
 */
export type TeacherGuard<Name extends string> =
  | 'armed'
  | 'spent'
  | {
      readonly epoch: number;
      readonly accuracy: number;
      readonly metaparameters: Metaparameters<Name>;
    };

export interface GuardOptions<Name extends string> {
  /** From 0, of so many. */
  readonly epoch: number;
  readonly epochs: number;
  /** Validation accuracies, on as many examples. */
  readonly accuracy: number;
  readonly teacherAccuracy: number;
  readonly examples: number;
  readonly metaparameters: Metaparameters<Name>;
}

/**
 * What becomes of the guard and the metaparameters after an epoch.
 *
 * A student that is better than its teacher, by more than two standard errors, goes on with f = 0. If it gets as much worse
 * without the teacher, it returns to it for good: a student may be better than a teacher because of it, above all on few labels.
 * This is judged once the student had as many epochs without the teacher as with it, and a tenth of all at least: right after
 * the change it may be worse for a while.
 */
export function guardTeacher<Name extends string>(
  guard: TeacherGuard<Name>,
  { epoch, epochs, accuracy, teacherAccuracy, examples, metaparameters }: GuardOptions<Name>,
): { readonly guard: TeacherGuard<Name>; readonly metaparameters: Metaparameters<Name> } {
  if (guard === 'armed' && isBetter(accuracy, teacherAccuracy, examples)) {
    return {
      guard: { epoch, accuracy, metaparameters },
      metaparameters: { ...metaparameters, distillationFraction: 0 },
    };
  }
  if (typeof guard === 'string') return { guard, metaparameters };
  const isJudged = epoch - guard.epoch >= Math.max(guard.epoch + 1, epochs / 10);
  if (isJudged && isBetter(guard.accuracy, accuracy, examples)) {
    return { guard: 'spent', metaparameters: guard.metaparameters };
  }
  return { guard, metaparameters };
}

/** Whether an accuracy on so many examples is above another by more than two standard errors. */
const isBetter = (accuracy: number, other: number, examples: number): boolean =>
  accuracy - other > 2 * Math.sqrt((other * (1 - other)) / examples);
