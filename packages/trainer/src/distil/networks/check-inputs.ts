import type { LayersModel } from '@metadistill/models';
import type { Networks } from './check-networks.js';
import { expectAlive } from './expect-alive.js';
import { isLayersModel } from './is-layers-model.js';

/**
 * Refuses teachers that cannot take what is fed to the student, or are the student: rows of the same inputs, in one order.
 *
 * @throws TypeError, RangeError that names the option.
 */
export function checkInputs({ student, teacher, teachers = [], validationTeachers = [] }: Networks): void {
  if (!isLayersModel(student)) return;
  expectAlive('student', student);
  const named = (option: string) => (each: unknown, i: number) => [`${option}[${i}]`, each] as const;
  for (const [option, each] of [
    ['teacher', teacher] as const,
    ...teachers.map(named('teachers')),
    ...validationTeachers.map(named('validationTeachers')),
  ]) {
    if (isLayersModel(each)) checkBeside(option, each, student);
  }
}

function checkBeside(option: string, teacher: LayersModel, student: LayersModel): void {
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
