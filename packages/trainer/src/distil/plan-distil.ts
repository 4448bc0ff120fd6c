import { type Dataset, sliceExamples, type TeacherLogits } from '@metadistill/datasets';
import {
  adamDescent,
  type BilevelProblem,
  type LogitBatch,
  logitProblem,
  metaparameterLayout,
  mixed,
} from '@metadistill/hypergrad';
import type { Metaparameters } from '@metadistill/losses';
import { batchesFor, type MiniBatches, type MiniBatchesOptions } from '../batches/mini-batches.js';
import type { MetaOptimization } from '../types.js';
import { choicesOf, metaRate, spaceOf } from './distil-defaults.js';
import type { DistilOptions } from './distil-options.js';
import { allAnswersOf, answersOf, validationTeachersOf } from './teacher-answers.js';

/** Examples that a live teacher is asked about to find the temperature that suits it. */
const ASKED = 1024;

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
  const { seed, normalization, batchSize = 128, augment, controller, metaLearningRate } = options;
  const { teacher, teacherLogits, teachers, groups } = options;
  const batchesOf = (dataset: Dataset, size: number, extra: Partial<MiniBatchesOptions> = {}) =>
    batchesFor('distil', { dataset, batchSize: size, ...(normalization && { normalization }), ...extra });
  const training = batchesOf(options.training, batchSize, {
    ...(teacher && { teacher }),
    ...(teacherLogits && { teacherLogits }),
    ...(teachers && { teachers }),
    ...(groups && { groups }),
    shuffleSeed: seed,
    ...(augment && { augmentation: { augment, seed } }),
  });
  const validation = batchesOf(options.validation, 500);
  // No validation image is ever changed: a live teacher answers on each once.
  const onValidation = teacher ? await answersOf(teacher, validation) : options.validationTeacherLogits;
  const validationTeachers = validationTeachersOf(options);
  const ofTeachersOnValidation = validationTeachers && (await allAnswersOf(validationTeachers, validation));
  const validationBatches = batchesOf(options.validation, batchSize, {
    ...(onValidation && { teacherLogits: onValidation }),
    ...(ofTeachersOnValidation && { teachers: ofTeachersOnValidation }),
    shuffleSeed: seed + 1,
  });
  const onTraining =
    teacherLogits ?? (teacher && (await answersOf(teacher, batchesOf(firstOf(options.training), 128))));
  const chosen = choicesOf(options, { onTraining, onValidation, ofTeachersOnValidation });
  const { trainingLoss, validationLoss, metaparameters } = chosen;
  const { shapes } = trainingLoss;
  metaparameterLayout(trainingLoss).flatten(metaparameters, 'distil');
  const space = controller && (options.space ?? spaceOf(trainingLoss, metaparameters));
  space?.check(metaparameters, 'distil');
  return {
    problem: logitProblem({ model: options.student, trainingLoss, validationLoss }),
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

const firstOf = (dataset: Dataset): Dataset =>
  sliceExamples(dataset, 0, Math.min(ASKED, dataset.labels.length));
