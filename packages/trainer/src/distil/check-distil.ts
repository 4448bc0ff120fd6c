import type { Dataset } from '@metadistill/datasets';
import type { LogitLoss, Metaparameters } from '@metadistill/losses';
import type { Model } from '@metadistill/models';
import { checkOptions, describeValue } from '@metadistill/options';
import { checkMetaparameters } from '../check-metaparameters.js';
import { unbounded } from './distil-defaults.js';
import type { DistilOptions } from './distil-options.js';
import { validationTeachersOf } from './teacher-answers.js';

/**
 * Refuses options that `distil` cannot work with, before work starts. Data, logits and their sizes are checked when the
 * batches are planned.
 *
 * @throws TypeError, RangeError that names the option.
 */
export function checkDistil<Name extends string>(options: DistilOptions<Name>): void {
  checkOptions<typeof options>('distil', options, {
    student: 'model',
    training: 'dataset',
    teacherLogits: 'teacherLogits?',
    teacher: 'teacher?',
    teachers: 'teacher[]?',
    groups: 'numbers?',
    augment: 'function?',
    validation: 'dataset',
    validationTeacherLogits: 'teacherLogits?',
    validationTeachers: 'teacher[]?',
    epochs: true,
    seed: 'number',
    normalization: true,
    batchSize: true,
    learningRate: true,
    optimizer: 'optimizer?',
    weights: 'weights?',
    trainingLoss: 'loss?',
    validationLoss: 'loss?',
    metaparameters: true,
    controller: 'controller?',
    space: 'space?',
    metaLearningRate: true,
    signal: 'signal?',
  });
  const { student, training, validation, epochs, learningRate, metaLearningRate, seed } = options;
  checkStudent(student, 'training', training);
  checkStudent(student, 'validation', validation);
  checkTeachers(options);
  if (options.trainingLoss) checkOwnLoss(options, options.trainingLoss);
  else if (options.metaparameters !== undefined) {
    const names = options.teachers ? ['trust[]'] : ['distillationFraction', 'temperature'];
    checkMetaparameters('distil: metaparameters', names, options.metaparameters);
  }
  if (options.metaparameters) checkStart(options.metaparameters, options.space !== undefined);
  checkObjective(options);
  for (const option of ['space', 'metaLearningRate'] as const) {
    if (options[option] === undefined || options.controller) continue;
    throw new TypeError(
      `distil: ${option} is given and controller is undefined; expected both or neither, as nothing is tuned without one. Pass everyKth(5).`,
    );
  }
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`distil: seed is ${describeValue(seed)}; expected a safe integer. Round it.`);
  }
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw new RangeError(`distil: epochs is ${describeValue(epochs)}; expected a whole number, 1 or more.`);
  }
  if (options.optimizer && learningRate === undefined) {
    throw new TypeError(
      'distil: learningRate is undefined; expected a number or a schedule, as optimizer is your own. The default is for adam().',
    );
  }
  if (typeof learningRate !== 'function') checkRate('learningRate', learningRate);
  checkRate('metaLearningRate', metaLearningRate);
}

function checkStudent(student: Model, option: string, { name, classes, exampleShape }: Dataset): void {
  const fail = (what: string, expected: string, remedy: string) =>
    new RangeError(`distil: student ${what}; expected ${expected}, as ${option} (${name}) has. ${remedy}`);
  if (student.classes !== classes) {
    throw fail(`has ${student.classes} classes`, `${classes}`, 'Make one with as many outputs.');
  }
  if (String(student.inputShape) !== String(exampleShape)) {
    throw fail(
      `takes inputs of shape [${student.inputShape}]`,
      `[${exampleShape}]`,
      'Make one with that inputShape.',
    );
  }
}

/** Whether a start is one that every loss can take; in a space of your own, its bounds say so. */
function checkStart(metaparameters: Metaparameters, hasSpace: boolean): void {
  for (const [name, given] of Object.entries(metaparameters)) {
    const values = typeof given === 'number' ? [given] : given;
    const isTemperature = !hasSpace && /temperature(\[\])?$/i.test(name);
    const isFraction = !hasSpace && name === 'distillationFraction';
    const wrong = Array.from(values).findIndex(
      (value) =>
        !Number.isFinite(value) || (isTemperature && value <= 0) || (isFraction && (value < 0 || value > 1)),
    );
    if (wrong < 0) continue;
    const entry = typeof given === 'number' ? name : `${name}[${wrong}]`;
    const expected = isFraction ? 'a number in [0, 1]' : `a finite number${isTemperature ? ' above 0' : ''}`;
    throw new RangeError(
      `distil: metaparameters.${entry} is ${describeValue(values[wrong])}; expected ${expected}, where training starts.`,
    );
  }
}

/** There is a teacher if a default needs one, none that no loss reads, and those of validation are the same. */
function checkTeachers<Name extends string>({
  teacher,
  teacherLogits,
  teachers,
  validationTeacherLogits,
  validationTeachers,
  trainingLoss,
  validationLoss,
}: DistilOptions<Name>): void {
  if (teachers?.length === 0) {
    throw new RangeError(
      'distil: teachers is []; expected at least one. Pass their logits on the training examples.',
    );
  }
  if (!trainingLoss && !teacher && !teacherLogits && !teachers) {
    throw new TypeError(
      'distil: teacherLogits, teacher and teachers are undefined; expected one of them. Pass the logits of a teacher on ' +
        'the training examples, the teacher itself as { model, weights }, or several of either.',
    );
  }
  if (teacher && validationTeacherLogits) {
    throw new TypeError(
      'distil: teacher and validationTeacherLogits are both given; expected one of them. A live teacher needs no logits.',
    );
  }
  const one = teacher ? 'teacher' : teacherLogits && 'teacherLogits';
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

/** A loss of one's own has no defaults but bounds that go with some names. */
function checkOwnLoss<Name extends string>(options: DistilOptions<Name>, loss: LogitLoss<Name>): void {
  const { metaparameters, controller, space, teacher, teacherLogits, teachers } = options;
  const names = loss.metaparameters;
  const hasOne = teacher !== undefined || teacherLogits !== undefined;
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
function checkObjective<Name extends string>(options: DistilOptions<Name>): void {
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

function checkRate(name: string, value: number | undefined): void {
  if (value === undefined || (value > 0 && Number.isFinite(value))) return;
  throw new RangeError(`distil: ${name} is ${describeValue(value)}; expected a number above 0.`);
}
