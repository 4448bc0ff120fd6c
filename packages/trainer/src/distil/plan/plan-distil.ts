import { checkDatasetInParts, type TeacherLogits } from '@metadistill/datasets';
import {
  adamDescent,
  type BilevelProblem,
  type LogitBatch,
  logitProblem,
  metaparameterLayout,
  mixed,
} from '@metadistill/hypergrad';
import type { Metaparameters } from '@metadistill/losses';
import {
  batchesFor,
  type MiniBatches,
  type MiniBatchesOptions,
  type OptionNames,
} from '../../batches/mini-batches.js';
import { inTurns } from '../../event-loop/in-turns.js';
import type { MetaOptimization } from '../../types.js';
import type { DistilTask } from '../distil-task.js';
import { allAnswersOf, answersOf, validationTeachersOf } from '../teachers/teacher-answers.js';
import { checkBatchesOfOne } from './check-batches-of-one.js';
import { type Answers, type Choices, choicesOf, metaRate, spaceOf } from './distil-defaults.js';
import { type BatchesOf, firstOf, trialBatches } from './trial-batches.js';
import { tryLoss } from './try-loss.js';

/** Examples that a live teacher of changing images is asked about to find the temperature that suits it. */
const ASKED = 1024;

const validationNames: OptionNames = {
  teacherLogits: 'validationTeacherLogits',
  teachers: 'validationTeachers',
};

/** The teachers of the training batches. */
type TrainingAnswers = Pick<MiniBatchesOptions, 'teacher' | 'teacherLogits' | 'teachers'>;

/** What `distil` trains, on what, from where. */
export interface DistilPlan<Name extends string> {
  readonly problem: BilevelProblem<Name, LogitBatch>;
  readonly training: MiniBatches;
  readonly batchSize: number;
  /** The validation examples in their order. */
  readonly validation: MiniBatches;
  readonly metaparameters: Metaparameters<Name>;
  readonly meta?: MetaOptimization<Name, LogitBatch>;
  /** Of one teacher, on the validation examples, if known. */
  readonly teacherOnValidation?: TeacherLogits | undefined;
}

/** Plans batches, asks live teachers what has to be known of them, and chooses what is left open. */
export async function planDistil<Name extends string>(options: DistilTask<Name>): Promise<DistilPlan<Name>> {
  const { student, seed, normalization, batchSize = 128, augment, controller, metaLearningRate } = options;
  const { teacher, teachers, groups, signal } = options;
  const batchesOf: BatchesOf = (dataset, size, extra = {}, names) =>
    batchesFor(
      'distil',
      { dataset, batchSize: size, ...(normalization && { normalization }), ...extra },
      { names, isChecked: true },
    );
  const { training: trainingSet, validation: validationSet } = options;
  for (const dataset of [trainingSet, validationSet]) await inTurns(checkDatasetInParts(dataset, 'distil'));
  const trainingBy = (answers: TrainingAnswers) =>
    batchesOf(trainingSet, batchSize, {
      ...answers,
      ...(groups && { groups }),
      shuffleSeed: seed,
      ...(augment && { augmentation: { augment, seed } }),
    });
  const given = {
    ...(teacher && { teacher }),
    ...(options.teacherLogits && { teacherLogits: options.teacherLogits }),
    ...(teachers && { teachers }),
  };
  const training = trainingBy(given);
  const validation = batchesOf(validationSet, batchSize);
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
  checkBatchesOfOne(options, batchSize);
  const asked = batchesOf(augment ? firstOf(trainingSet, ASKED) : trainingSet, batchSize);
  const onTraining = options.teacherLogits ?? (teacher && (await answersOf(teacher, asked, signal)));
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
  const chosen = chosenBy(options, { onTraining, onValidation, ofTeachersOnValidation });
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
    // Images that never change are answered once: an epoch then costs no pass of a teacher.
    training: augment
      ? training
      : trainingBy({
          ...(onTraining && { teacherLogits: onTraining }),
          ...(teachers && { teachers: await allAnswersOf(teachers, asked, signal) }),
        }),
    batchSize,
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

/** @throws RangeError that names the option whose answers have no defaults, such as those that are constant. */
function chosenBy<Name extends string>(task: DistilTask<Name>, answers: Answers): Choices<Name> {
  try {
    return choicesOf(task, answers);
  } catch (cause) {
    const { teacher, teacherLogits, validationTeachers } = task;
    const several = validationTeachers ? 'validationTeachers' : 'teachers';
    const option = teacher ? 'teacher' : teacherLogits ? 'teacherLogits' : several;
    throw new RangeError(`distil: ${option} does not fit: ${(cause as Error).message}`, { cause });
  }
}
