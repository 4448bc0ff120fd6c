import { checkOptions, describeValue } from '@metadistill/options';
import type { DistilOptions } from './distil-options.js';

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
    augment: 'function?',
    validation: 'dataset',
    validationTeacherLogits: true,
    epochs: true,
    seed: 'number',
    normalization: true,
    batchSize: true,
    learningRate: true,
    optimizer: 'optimizer?',
    weights: 'weights?',
    trainingLoss: true,
    validationLoss: true,
    metaparameters: true,
    controller: 'controller?',
    space: true,
    metaLearningRate: true,
    signal: true,
  });
  const {
    epochs,
    learningRate,
    metaLearningRate,
    metaparameters,
    seed,
    teacher,
    teacherLogits,
    trainingLoss,
  } = options;
  if (!teacher && !teacherLogits) {
    throw new TypeError(
      'distil: teacherLogits and teacher are undefined; expected one of them. Pass the logits of a teacher on the ' +
        'training examples, or the teacher itself as { model, weights }.',
    );
  }
  if (trainingLoss) checkOwnLoss(options);
  else if (metaparameters !== undefined) {
    checkOptions<object>('distil: metaparameters', metaparameters, {
      distillationFraction: 'number',
      temperature: 'number',
    });
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

/** A loss of one's own has no defaults. */
function checkOwnLoss<Name extends string>({
  trainingLoss,
  metaparameters,
  controller,
  space,
}: DistilOptions<Name>): void {
  const names = trainingLoss?.metaparameters.join(', ');
  if (metaparameters === undefined) {
    throw new TypeError(
      `distil: metaparameters is undefined; expected values of ${names}, as trainingLoss is your own.`,
    );
  }
  if (controller !== undefined && space === undefined) {
    throw new TypeError(
      `distil: space is undefined; expected the bounds of ${names}, as they are tuned. Make one with metaparameterSpace().`,
    );
  }
}

function checkRate(name: string, value: number | undefined): void {
  if (value === undefined || (value > 0 && Number.isFinite(value))) return;
  throw new RangeError(`distil: ${name} is ${describeValue(value)}; expected a number above 0.`);
}
