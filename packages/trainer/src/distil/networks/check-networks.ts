import { describeValue } from '@metadistill/options';
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
  if (isLayersModel(value) || (isMembered(value) && (part === 'model' ? isModel(value) : 'model' in value)))
    return;
  const ours = part === 'model' ? 'the result of model() of @metadistill/models' : '{ model, weights }';
  throw new TypeError(`distil: ${option} is ${describeValue(value)}; expected a tf.LayersModel, or ${ours}.`);
}

const isMembered = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isModel = (value: object): boolean => 'predict' in value && 'classes' in value;
