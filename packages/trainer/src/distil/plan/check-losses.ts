import type { LogitLoss } from '@metadistill/losses';
import { checkMetaparameters } from '../../check-metaparameters.js';
import type { DistilOptions } from '../distil-options.js';
import type { DistilTask } from '../distil-task.js';
import { validationTeachersOf } from '../teachers/teacher-answers.js';
import { unbounded } from './distil-defaults.js';

/** A loss of one's own has no defaults but bounds that go with some names. */
export function checkOwnLoss<Name extends string>(options: DistilOptions<Name>, loss: LogitLoss<Name>): void {
  const { metaparameters, controller, space, teachers } = options;
  const names = loss.metaparameters;
  const hasOne = (options.teacher ?? options.teacherLogits ?? options.teacherProbabilities) !== undefined;
  if (loss.needsTeacher && !hasOne) {
    throw new TypeError(
      `distil: teacherLogits and teacher are undefined; expected one of them, as ${loss.name} reads it. ` +
        'teachers are for losses such as trustMix.',
    );
  }
  const count = teachers?.length ?? Number(hasOne);
  if (loss.needsTeachers !== undefined && loss.needsTeachers !== count) {
    throw new RangeError(
      `distil: the number of teachers is ${count}; expected ${loss.needsTeachers}, as ${loss.name} reads so many.`,
    );
  }
  if (metaparameters === undefined) {
    throw new TypeError(
      `distil: metaparameters is undefined; expected values of ${names.join(', ')}, as trainingLoss is your own.`,
    );
  }
  checkMetaparameters('distil: metaparameters', names, metaparameters);
  const strange = unbounded(names);
  if (controller !== undefined && space === undefined && strange.length > 0) {
    throw new TypeError(
      `distil: space is undefined; expected the bounds of ${strange.join(', ')}, as they are tuned. Make one with metaparameterSpace().`,
    );
  }
}

/** Tuning asks for the teachers' answers on the validation examples if its objective reads them. */
export function checkObjective<Name extends string>(options: DistilTask<Name>): void {
  const { controller, validationLoss, teacher, validationTeacherLogits } = options;
  if (!validationLoss) return;
  const { name, metaparameters, needsTeacher, needsTeachers } = validationLoss;
  if (metaparameters.length > 0) {
    throw new TypeError(
      `distil: validationLoss is ${name} of ${(metaparameters as readonly string[]).join(', ')}; expected a loss without ` +
        'metaparameters. Hold them constant with withFixed() of @metadistill/losses.',
    );
  }
  if (!controller) return;
  const hasOne = teacher !== undefined || validationTeacherLogits !== undefined;
  if (needsTeacher && !hasOne) {
    throw new TypeError(
      `distil: validationTeacherLogits is undefined; expected the teacher's logits on the validation examples, as ${name} ` +
        'reads them. Pass them, or a live teacher.',
    );
  }
  const count = validationTeachersOf(options)?.length ?? Number(hasOne);
  if (needsTeachers !== undefined && needsTeachers !== count) {
    throw new RangeError(
      `distil: the number of validationTeachers is ${count}; expected ${needsTeachers}, as ${name} reads so many. ` +
        'Pass the logits of all on the validation examples, or live teachers.',
    );
  }
}
