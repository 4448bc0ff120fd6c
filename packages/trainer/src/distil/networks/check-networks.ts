import { describeValue, isPart } from '@metadistill/options';
import { isLive, type LiveTeacher } from '../../batches/mini-batches.js';
import type { DistilOptions } from '../distil-options.js';
import { isLayersModel } from './is-layers-model.js';

/** The options that are networks, or may be. */
export type Networks = Pick<DistilOptions, 'student' | 'teacher' | 'teachers' | 'validationTeachers'>;

/**
 * Refuses networks that are none.
 *
 * @throws TypeError that names the option.
 */
export function checkNetworks({ student, teacher, teachers, validationTeachers }: Networks): void {
  checkNetwork('student', student, 'model');
  if (teacher !== undefined) checkNetwork('teacher', teacher, 'teacher');
  for (const [option, several] of Object.entries({ teachers, validationTeachers })) {
    if (several === undefined || Array.isArray(several)) continue;
    throw new TypeError(
      `distil: ${option} is ${describeValue(several)}; expected an array, each entry a tf.LayersModel, { model, weights } or ` +
        `logits. Pass [it], or ${option === 'teachers' ? 'a single one as teacher' : 'those of a single one as validationTeacherLogits'}.`,
    );
  }
}

/** A `tf.LayersModel`, or the part of ours that stands for one. */
function checkNetwork(option: string, value: unknown, part: 'model' | 'teacher'): void {
  const isOurs = isPart(value, part) && (part === 'model' || isLive(value as LiveTeacher));
  if (isOurs || isLayersModel(value)) return;
  const ours = part === 'model' ? 'the result of model() of @metadistill/models' : '{ model, weights }';
  throw new TypeError(`distil: ${option} is ${describeValue(value)}; expected a tf.LayersModel, or ${ours}.`);
}
