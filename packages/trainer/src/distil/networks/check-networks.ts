import type { LayersModel } from '@metadistill/models';
import { describeValue } from '@metadistill/options';
import type { DistilOptions } from '../distil-options.js';
import { isLayersModel } from './is-layers-model.js';

/** The options that are networks, or may be. */
type Networks = Pick<DistilOptions, 'student' | 'teacher' | 'teachers' | 'validationTeachers'>;

/**
 * Refuses networks that are none, and teachers that cannot take the inputs of the student, or are the student.
 *
 * @throws TypeError, RangeError that names the option.
 */
export function checkNetworks({ student, teacher, teachers, validationTeachers }: Networks): void {
  checkNetwork('student', student, 'model');
  if (teacher !== undefined) {
    checkNetwork('teacher', teacher, 'teacher');
    checkBeside('teacher', teacher, student);
  }
  for (const [option, several] of Object.entries({ teachers, validationTeachers })) {
    if (several === undefined) continue;
    if (!Array.isArray(several)) {
      throw new TypeError(
        `distil: ${option} is ${describeValue(several)}; expected an array, each entry a tf.LayersModel, { model, weights } or ` +
          `logits. Pass [it], or ${option === 'teachers' ? 'a single one as teacher' : 'those of a single one as validationTeacherLogits'}.`,
      );
    }
    for (const [i, each] of several.entries()) checkBeside(`${option}[${i}]`, each, student);
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

/** A teacher and a student are fed by the same rows: the inputs of both are the same, in one order. */
function checkBeside(option: string, teacher: unknown, student: Networks['student']): void {
  if (!isLayersModel(teacher) || !isLayersModel(student)) return;
  if (teacher === student) {
    throw new TypeError(
      `distil: ${option} and student are the same tf.LayersModel, ${student.name}; expected two. Make a second one to train: a ` +
        'smaller one, or the same architecture again.',
    );
  }
  if (teacher.inputs.length !== student.inputs.length) {
    throw new RangeError(
      `distil: ${option} has ${counted(teacher)}; expected ${counted(student)}, as the student has. Both get every example of x.`,
    );
  }
  const [own, its] = [student.inputNames, teacher.inputNames];
  if (own.some((name, i) => name !== its[i]) && its.every((name) => own.includes(name))) {
    throw new RangeError(
      `distil: ${option} takes its inputs in the order ${its.join(', ')}; expected ${own.join(', ')}, as the student does. Make it ` +
        `once more: tf.model({ inputs: [${own.join(', ')}], outputs: ${option}.outputs }).`,
    );
  }
}

// A Sequential has one input, and no name of it until it is built.
const counted = ({ inputs, inputNames }: LayersModel): string =>
  inputs.length === 1 ? '1 input' : `${inputs.length} inputs (${inputNames.join(', ')})`;
