import type { DistilOptions } from '../distil-options.js';

/** There is a teacher if a default needs one, none that no loss reads, and those of validation are the same. */
export function checkTeachers<Name extends string>({
  teacher,
  teacherLogits,
  teacherProbabilities,
  teachers,
  validationTeacherLogits,
  validationTeacherProbabilities,
  validationTeachers,
  validationSplit,
  trainingLoss,
  validationLoss,
}: DistilOptions<Name>): void {
  checkOneOf({ teacher, teacherLogits, teacherProbabilities });
  checkOneOf({ teacher, validationTeacherLogits, validationTeacherProbabilities });
  const answered = { teacherLogits, teacherProbabilities, teachers };
  for (const [option, answers] of Object.entries({
    validationTeacherLogits,
    validationTeacherProbabilities,
    validationTeachers,
  })) {
    if (answers === undefined || validationSplit === undefined) continue;
    throw new TypeError(
      `distil: ${option} and validationSplit are both given; expected one of them. Give the answers on all examples as ` +
        `${Object.entries(answered).find(([, each]) => each)?.[0] ?? 'teacherLogits'}: they are split as the examples are.`,
    );
  }
  if (teachers?.length === 0) {
    throw new RangeError(
      'distil: teachers is []; expected at least one. Pass their logits on the training examples.',
    );
  }
  if (!trainingLoss && !teacher && !teacherLogits && !teacherProbabilities && !teachers) {
    throw new TypeError(
      'distil: teacher, teacherLogits, teacherProbabilities and teachers are undefined; expected one of them. Pass the teacher, a ' +
        'tf.LayersModel or { model, weights }, or what it says of the training examples.',
    );
  }
  const one = Object.entries({ teacher, teacherLogits, teacherProbabilities }).find(([, each]) => each)?.[0];
  const readsOne = trainingLoss?.needsTeacher || (teacher && validationLoss?.needsTeacher);
  const readsSeveral = !trainingLoss || trainingLoss.needsTeachers || validationLoss?.needsTeachers;
  if (one && teachers && !(readsOne && readsSeveral)) {
    throw new TypeError(
      `distil: ${one} and teachers are both given; expected ${readsOne ? one : 'teachers'} alone, as no loss reads the ` +
        'other. Pass one teacher, or all of them as teachers.',
    );
  }
  const count = teachers?.length ?? 0;
  if (validationTeachers && validationTeachers.length !== count) {
    throw new RangeError(
      `distil: the number of validationTeachers is ${validationTeachers.length}; expected ${count}, that of teachers. ` +
        'Pass the same teachers in the same order.',
    );
  }
}

/** @throws TypeError if more than one of these options is given. */
function checkOneOf(options: Readonly<Record<string, unknown>>): void {
  const given = Object.keys(options).filter((option) => options[option] !== undefined);
  if (given.length < 2) return;
  throw new TypeError(`distil: ${given.join(' and ')} are both given; expected one of them.`);
}
