import { sliceExamples, sliceTeacherLogits } from '@metadistill/datasets';
import { sgd } from '@metadistill/hypergrad';
import { type MiniBatchesOptions, miniBatches } from '@metadistill/trainer';
import { rounded } from '../spread.js';
import type { PartContext } from '../study.js';
import { scoreStudent } from '../training/score-student.js';
import { trainStudent } from '../training/train-student.js';
import type { Arm, ScenarioData, ScenarioSettings, Taught } from './scenario.js';

/** What a training comes to after its last epoch. */
export interface TrainingRecord {
  readonly seed: number;
  /** Of students that are trained on the validation examples too, it says nothing. */
  readonly validationAccuracy: number;
  readonly testAccuracy: number;
  readonly testNegativeLogLikelihood: number;
  /** Network passes, as a multiple of those of plain training without the validation examples. */
  readonly costMultiple: number;
  /** Of the training, without what is measured after it. */
  readonly seconds: number;
}

export interface TrainArmOptions extends Pick<PartContext, 'signal' | 'progress'> {
  readonly data: ScenarioData;
  readonly settings: ScenarioSettings;
  readonly arm: Arm;
  /** Trains on the validation examples as well. */
  readonly onValidationToo: boolean;
  readonly seed: number;
}

/** Trains one student by a recipe. Recipes start from the same weights and see the same batches for a seed. */
export async function trainArm(options: TrainArmOptions): Promise<TrainingRecord> {
  const { data, settings, arm, onValidationToo, seed, signal, progress } = options;
  const { examples, trained, normalization } = data;
  const count = examples.dataset.labels.length;
  const validation = slice(examples, trained, count);
  const training = slice(examples, 0, trained);
  // Epochs of different seeds must not share permutations.
  const stream = 1_000_000 * (seed + 1);
  const batchesOf = ({ dataset, teachers, groups }: Taught, shuffleSeed: number) =>
    miniBatches({
      dataset,
      batchSize: settings.batchSize,
      shuffleSeed,
      // A single teacher is what losses of one teacher ask for, too.
      ...(teachers.length === 1 && { teacherLogits: teachers[0] }),
      ...(teachers.length > 0 && { teachers }),
      ...(groups && { groups }),
      ...(normalization && { normalization }),
    } as MiniBatchesOptions);
  const student = data.student();
  const { tuning, ...recipe } = arm.recipe({ training, validation });
  return trainStudent<string, TrainingRecord>(
    {
      student,
      seed,
      epochs: settings.epochs,
      trainingBatches: batchesOf(onValidationToo ? examples : training, stream),
      ...recipe,
      optimizer: sgd(),
      learningRate: settings.learningRate,
      signal,
      progress,
      ...(tuning && {
        tuning: { ...tuning, validationBatches: batchesOf(validation, stream + 500_000) },
      }),
    },
    async ({ weights, costMultiple, seconds }) => {
      const scored = { student, weights, normalization };
      const held = await scoreStudent({ ...scored, dataset: validation.dataset });
      const test = await scoreStudent({ ...scored, dataset: data.test });
      return {
        seed,
        validationAccuracy: rounded(held.accuracy),
        testAccuracy: rounded(test.accuracy),
        testNegativeLogLikelihood: rounded(test.negativeLogLikelihood),
        costMultiple: rounded((costMultiple * (onValidationToo ? count : trained)) / trained),
        seconds: Math.round(100 * seconds) / 100,
      };
    },
  );
}

const slice = ({ dataset, teachers, groups }: Taught, start: number, end: number): Taught => ({
  dataset: sliceExamples(dataset, start, end),
  teachers: teachers.map((logits) => sliceTeacherLogits(logits, start, end)),
  ...(groups && { groups: groups.subarray(start, end) }),
});
