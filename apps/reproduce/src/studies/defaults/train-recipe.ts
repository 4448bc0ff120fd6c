import { convexMix, type MixMetaparameter, matchedScaling } from '@metadistill/losses';
import type { Model } from '@metadistill/models';
import { miniBatches } from '@metadistill/trainer';
import { rounded } from '../spread.js';
import type { PartContext } from '../study.js';
import { scoreStudent } from '../training/score-student.js';
import { type TrainedStudent, trainStudent } from '../training/train-student.js';
import type { Arm } from './arm.js';
import type { LossScale, StudyOptimizer } from './optimizers.js';
import type { TaskData, TaskSettings } from './tasks/task.js';

/** What a training comes to after its last epoch. */
export interface TrainingRecord {
  readonly seed: number;
  /** At the end, as is the temperature. */
  readonly distillationFraction: number;
  readonly temperature: number;
  readonly validationAccuracy: number;
  readonly testAccuracy: number;
  readonly testNegativeLogLikelihood: number;
  /** KL(teacher ‖ student) on the validation examples, at temperature 1. */
  readonly validationTeacherKL: number;
  /** Network passes, as a multiple of those of plain training. */
  readonly costMultiple: number;
  /** Of the training, without what is measured after it. */
  readonly seconds: number;
}

export interface TrainRecipeOptions extends Pick<PartContext, 'signal' | 'progress'> {
  readonly data: TaskData;
  readonly settings: TaskSettings;
  readonly arm: Arm;
  readonly optimizer: StudyOptimizer;
  /** The name of task and optimizer. */
  readonly cell: string;
  readonly seed: number;
}

/** Trains one student by a recipe. Recipes start from the same weights and see the same batches for a seed. */
export async function trainRecipe(options: TrainRecipeOptions): Promise<TrainingRecord> {
  const { data, settings, arm, cell, seed, signal, progress } = options;
  const student = data.student();
  // Epochs of different seeds must not share permutations or crops.
  const stream = 1_000_000 * (seed + 1);
  const { normalization } = data;
  const shared = { batchSize: settings.batchSize, ...(normalization && { normalization }) };
  const tuning = arm.tuning && {
    ...arm.tuning(data),
    validationBatches: miniBatches({ ...shared, ...data.validation, shuffleSeed: stream + 500_000 }),
  };
  return trainStudent<MixMetaparameter, TrainingRecord>(
    {
      student,
      seed,
      epochs: settings.epochs,
      trainingBatches: miniBatches({
        ...shared,
        ...data.training,
        shuffleSeed: stream,
        ...(data.augment && { augmentation: { augment: data.augment, seed: stream } }),
      }),
      trainingLoss: convexMix({ scaling: scalingOf(arm.scale, data) }),
      metaparameters: arm.start({ data, cell, seed }),
      optimizer: options.optimizer.make(),
      learningRate: options.optimizer.learningRates[arm.scale],
      signal,
      progress,
      ...(tuning && { tuning }),
    },
    (trained) => recordOf({ ...trained, student }, { data, seed }),
  );
}

/** Measures a student. */
export async function recordOf(
  trained: TrainedStudent<MixMetaparameter> & { readonly student: Model },
  { data, seed }: Pick<TrainRecipeOptions, 'data' | 'seed'>,
): Promise<TrainingRecord> {
  const { student, weights, metaparameters, costMultiple, seconds } = trained;
  const scored = { student, weights, normalization: data.normalization };
  const validation = await scoreStudent({ ...scored, ...data.validation });
  const test = await scoreStudent({ ...scored, dataset: data.test });
  return {
    seed,
    distillationFraction: rounded(metaparameters.distillationFraction),
    temperature: rounded(metaparameters.temperature),
    validationAccuracy: rounded(validation.accuracy),
    testAccuracy: rounded(test.accuracy),
    testNegativeLogLikelihood: rounded(test.negativeLogLikelihood),
    validationTeacherKL: rounded(validation.teacherKL as number),
    costMultiple: rounded(costMultiple),
    seconds: Math.round(100 * seconds) / 100,
  };
}

const scalingOf = (scale: LossScale, { training: { teacherLogits } }: TaskData) =>
  scale === 'matched' ? matchedScaling({ teacherLogits }) : scale === 'labels' ? 'none' : scale;
