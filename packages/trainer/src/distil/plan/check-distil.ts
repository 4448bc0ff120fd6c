import type { Dataset } from '@metadistill/datasets';
import type { Metaparameters } from '@metadistill/losses';
import type { Model } from '@metadistill/models';
import { checkOptions, describeValue, isPlainObject, type KnownOptions } from '@metadistill/options';
import { checkCallbacks, listOf } from '../callbacks/listeners.js';
import type { DistilOptions } from '../distil-options.js';
import type { DistilTask } from '../distil-task.js';
import { checkData } from '../inputs/check-data.js';
import { checkMetrics } from '../metrics/metric-of.js';
import { checkNetworks } from '../networks/check-networks.js';
import { isLayersModel } from '../networks/is-layers-model.js';
import { innerOptimizerOf } from '../optimizers/inner-optimizer-of.js';
import { checkTeachers } from '../teachers/check-teachers.js';
import { checkObjective, checkOwnLoss } from './check-losses.js';

/** What the error shows if `distil` is called without options: a call to copy. */
const EXAMPLE = '{ teacher, student, x, y, validationSplit: 0.1, epochs: 20, seed: 1 }';

/**
 * Refuses options that `distil` cannot work with, before anything is read or adapted.
 *
 * @throws TypeError, RangeError that names the option.
 */
export async function checkDistil<Name extends string>(options: DistilOptions<Name>): Promise<void> {
  const known: KnownOptions<typeof options> = {
    student: true,
    x: true,
    y: true,
    validationData: true,
    validationSplit: true,
    training: 'dataset?',
    validation: 'dataset?',
    teacher: true,
    teacherLogits: true,
    teacherProbabilities: true,
    teachers: true,
    groups: 'numbers?',
    augment: 'function?',
    validationTeacherLogits: true,
    validationTeacherProbabilities: true,
    validationTeachers: true,
    epochs: true,
    seed: true,
    normalization: true,
    batchSize: true,
    learningRate: true,
    optimizer: true,
    weights: 'weights?',
    trainingLoss: 'loss?',
    validationLoss: 'loss?',
    metaparameters: true,
    controller: 'controller?',
    space: 'space?',
    metaLearningRate: true,
    metrics: true,
    callbacks: true,
    earlyStopping: true,
    signal: 'signal?',
  };
  if (isPlainObject(options) && Object.keys(options).some((name) => !Object.hasOwn(known, name))) {
    (await import('./foreign-names.js')).refuseForeignNames(options);
  }
  checkOptions<typeof options>('distil', options, known, EXAMPLE);
  const { student, epochs, learningRate, metaLearningRate, seed } = options;
  checkNetworks(options);
  checkData(options);
  checkTeachers(options);
  if (options.trainingLoss) checkOwnLoss(options, options.trainingLoss);
  else if (options.metaparameters !== undefined) {
    const parts = options.teachers
      ? { 'trust[]': 'numbers' as const }
      : { distillationFraction: 'number?' as const, temperature: 'number?' as const };
    checkOptions<object>('distil: metaparameters', options.metaparameters, parts);
  }
  if (options.metaparameters) checkStart(options.metaparameters, options.space !== undefined);
  for (const option of ['space', 'metaLearningRate'] as const) {
    if (options[option] === undefined || options.controller) continue;
    throw new TypeError(
      `distil: ${option} is given and controller is undefined; expected both or neither, as nothing is tuned without one. Pass everyKth(5).`,
    );
  }
  if (!Number.isSafeInteger(seed)) {
    const Kind = typeof seed === 'number' ? RangeError : TypeError;
    throw new Kind(
      `distil: seed is ${describeValue(seed)}; expected a whole number, such as 1. The same seed repeats the run.`,
    );
  }
  if (!Number.isInteger(epochs) || epochs < 1) {
    const remedy = typeof epochs === 'string' ? ' Convert text with Number().' : '';
    throw new RangeError(
      `distil: epochs is ${describeValue(epochs)}; expected a whole number, 1 or more, such as 20.${remedy}`,
    );
  }
  const { optimizer, metrics } = options;
  checkMetrics(metrics);
  checkCallbacks(listOf(options.callbacks), isLayersModel(student));
  const brought = optimizer && innerOptimizerOf(optimizer).learningRate;
  if (optimizer && (learningRate ?? brought) === undefined) {
    throw new TypeError(
      'distil: learningRate is undefined; expected a number or a schedule, as optimizer is your own. The default is for adam().',
    );
  }
  if (typeof learningRate !== 'function') checkRate('learningRate', learningRate);
  checkRate('optimizer.learningRate', brought);
  checkRate('metaLearningRate', metaLearningRate);
}

/** Refuses a task whose parts do not fit each other. */
export function checkTask<Name extends string>(task: DistilTask<Name>): void {
  checkStudent(task.student, task.training);
  checkStudent(task.student, task.validation);
  checkObjective(task);
}

function checkStudent(student: Model, { name, classes, exampleShape }: Dataset): void {
  const fail = (what: string, expected: string, remedy: string) =>
    new RangeError(`distil: student ${what}; expected ${expected}, as ${name} has. ${remedy}`);
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
function checkStart(metaparameters: Partial<Metaparameters>, hasSpace: boolean): void {
  for (const [name, given] of Object.entries(metaparameters)) {
    if (given === undefined) continue;
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

function checkRate(name: string, value: number | undefined): void {
  if (value === undefined || (value > 0 && Number.isFinite(value))) return;
  throw new RangeError(`distil: ${name} is ${describeValue(value)}; expected a number above 0.`);
}
