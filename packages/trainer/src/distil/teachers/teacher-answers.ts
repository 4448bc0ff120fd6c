import type { TeacherLogits } from '@metadistill/datasets';
import { isLive, type LiveTeacher, type MiniBatches } from '../../batches/mini-batches.js';
import { predictLogits } from '../../predict-logits.js';
import type { DistilTask } from '../distil-task.js';

/** What a teacher says of the examples of a source of batches: cached logits are that already. */
export async function answersOf(
  teacher: TeacherLogits | LiveTeacher,
  batches: MiniBatches,
  signal?: AbortSignal,
): Promise<TeacherLogits> {
  if (!isLive(teacher)) return teacher;
  const { model, weights } = teacher;
  const values = await predictLogits(model, weights, batches, signal);
  return { values, examples: values.length / model.classes, classes: model.classes };
}

/** The same of several teachers, in their order. */
export async function allAnswersOf(
  teachers: readonly (TeacherLogits | LiveTeacher)[],
  batches: MiniBatches,
  signal?: AbortSignal,
): Promise<readonly TeacherLogits[]> {
  const answers: TeacherLogits[] = [];
  for (const teacher of teachers) answers.push(await answersOf(teacher, batches, signal));
  return answers;
}

/** Several teachers as they answer on the validation examples; live ones need no mention. */
export const validationTeachersOf = <Name extends string>({
  teachers,
  validationTeachers,
}: DistilTask<Name>): DistilTask<Name>['teachers'] =>
  validationTeachers ?? (teachers?.every(isLive) ? teachers : undefined);
