import type { Dataset, TeacherLogits } from '@metadistill/datasets';
import {
  adamDescent,
  type BilevelProblem,
  type LogitBatch,
  logitProblem,
  metaparameterLayout,
  mixed,
} from '@metadistill/hypergrad';
import type { Metaparameters } from '@metadistill/losses';
import { batchesFor, type MiniBatches, type OptionNames } from '../batches/mini-batches.js';
import type { MetaOptimization } from '../types.js';
import { choicesOf, metaRate, spaceOf } from './distil-defaults.js';
import type { DistilOptions } from './distil-options.js';
import { allAnswersOf, answersOf, validationTeachersOf } from './teacher-answers.js';
import { type BatchesOf, firstOf, trialBatches } from './trial-batches.js';
import { tryLoss } from './try-loss.js';

/** Examples that a live teacher is asked about to find the temperature that suits it. */
const ASKED = 1024;

const validationNames: OptionNames = {
  teacherLogits: 'validationTeacherLogits',
  teachers: 'validationTeachers',
};

/** What `distil` trains, on what, from where. */
export interface DistilPlan<Name extends string> {
  readonly problem: BilevelProblem<Name, LogitBatch>;
  readonly training: MiniBatches;
  /** The validation examples in their order. */
  readonly validation: MiniBatches;
  readonly metaparameters: Metaparameters<Name>;
  readonly meta?: MetaOptimization<Name, LogitBatch>;
  /** Of one teacher, on the validation examples, if known. */
  readonly teacherOnValidation?: TeacherLogits | undefined;
}

/** Plans batches, asks live teachers what has to be known of them, and chooses what is left open. */
export async function planDistil<Name extends string>(
  options: DistilOptions<Name>,
): Promise<DistilPlan<Name>> {
  const { student, seed, normalization, batchSize = 128, augment, controller, metaLearningRate } = options;
  const { teacher, teacherLogits, teachers, groups, signal } = options;
  const batchesOf: BatchesOf = (dataset, size, extra = {}, names) =>
    batchesFor(
      'distil',
      { dataset, batchSize: size, ...(normalization && { normalization }), ...extra },
      names,
    );
  const trainingSet = named('training', options.training);
  const validationSet = named('validation', options.validation);
  const training = batchesOf(trainingSet, batchSize, {
    ...(teacher && { teacher }),
    ...(teacherLogits && { teacherLogits }),
    ...(teachers && { teachers }),
    ...(groups && { groups }),
    shuffleSeed: seed,
    ...(augment && { augmentation: { augment, seed } }),
  });
  const validation = batchesOf(validationSet, 500);
  const validationTeachers = validationTeachersOf(options);
  // Refuses what does not fit before a teacher is asked.
  batchesOf(
    validationSet,
    batchSize,
    {
      ...(options.validationTeacherLogits && { teacherLogits: options.validationTeacherLogits }),
      ...(validationTeachers && { teachers: validationTeachers }),
    },
    validationNames,
  );
  const onTraining =
    teacherLogits ??
    (teacher && (await answersOf(teacher, batchesOf(firstOf(trainingSet, ASKED), 128), signal)));
  const trial = await trialBatches(options, { batchesOf, trainingSet, onTraining });
  // No validation image is ever changed: a live teacher answers on each once.
  const onValidation = teacher
    ? await answersOf(teacher, validation, signal)
    : options.validationTeacherLogits;
  const ofTeachersOnValidation =
    validationTeachers && (await allAnswersOf(validationTeachers, validation, signal));
  const validationBatches = batchesOf(
    validationSet,
    batchSize,
    {
      ...(onValidation && { teacherLogits: onValidation }),
      ...(ofTeachersOnValidation && { teachers: ofTeachersOnValidation }),
      shuffleSeed: seed + 1,
    },
    validationNames,
  );
  const chosen = choicesOf(options, { onTraining, onValidation, ofTeachersOnValidation });
  const { trainingLoss, validationLoss, metaparameters } = chosen;
  const { shapes } = trainingLoss;
  metaparameterLayout(trainingLoss).flatten(metaparameters, 'distil');
  const space = controller && (options.space ?? spaceOf(trainingLoss, metaparameters));
  space?.check(metaparameters, 'distil');
  tryLoss('trainingLoss', trainingLoss, { batches: trial, classes: student.classes, metaparameters });
  if (controller) {
    tryLoss('validationLoss', validationLoss, {
      batches: validationBatches,
      classes: student.classes,
      metaparameters: {},
    });
  }
  return {
    problem: logitProblem({ model: student, trainingLoss, validationLoss }),
    training,
    validation,
    metaparameters,
    teacherOnValidation: onValidation,
    ...(controller &&
      space && {
        meta: {
          method: mixed({ scaleFree: true }),
          optimizer: adamDescent({
            learningRate: metaLearningRate ?? metaRate(metaparameters),
            beta2: 0.95,
            // A batch touches a part of an array.
            sparse: shapes !== undefined,
          }),
          validationBatches,
          controller,
          space,
        },
      }),
  };
}

/** The data set under a name that says which option it is. */
const named = (option: string, dataset: Dataset): Dataset => ({
  ...dataset,
  name: `${option} (${dataset.name})`,
});
