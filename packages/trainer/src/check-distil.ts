import { checkOptions, describeValue } from '@metadistill/options';
import type { DistilOptions } from './distil-options.js';

/**
 * Refuses options that `distil` cannot work with, before work starts. Data, logits and their sizes are checked when the
 * batches are planned.
 *
 * @throws TypeError, RangeError that names the option.
 */
export function checkDistil(options: DistilOptions): void {
  checkOptions('distil', options, {
    student: 'model',
    training: 'dataset',
    teacherLogits: 'teacherLogits?',
    teacher: 'teacher?',
    augment: 'function?',
    validation: 'dataset',
    epochs: true,
    seed: 'number',
    normalization: true,
    batchSize: true,
    learningRate: true,
    optimizer: 'optimizer?',
    weights: 'weights?',
    metaparameters: true,
    controller: 'controller?',
    metaLearningRate: true,
    signal: true,
  });
  const { epochs, learningRate, metaLearningRate, metaparameters, seed, teacher, teacherLogits } = options;
  if (!teacher && !teacherLogits) {
    throw new TypeError(
      'distil: teacherLogits and teacher are undefined; expected one of them. Pass the logits of a teacher on the ' +
        'training examples, or the teacher itself as { model, weights }.',
    );
  }
  if (metaparameters !== undefined) {
    checkOptions('distil: metaparameters', metaparameters, {
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
  if (typeof learningRate !== 'function') checkRate('learningRate', learningRate);
  checkRate('metaLearningRate', metaLearningRate);
}

function checkRate(name: string, value: number | undefined): void {
  if (value === undefined || (value > 0 && Number.isFinite(value))) return;
  throw new RangeError(`distil: ${name} is ${describeValue(value)}; expected a number above 0.`);
}
