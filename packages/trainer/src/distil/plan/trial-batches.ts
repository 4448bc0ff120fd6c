import { type Dataset, sliceExamples, sliceTeacherLogits, type TeacherLogits } from '@metadistill/datasets';
import {
  isLive,
  type MiniBatches,
  type MiniBatchesOptions,
  type OptionNames,
} from '../../batches/mini-batches.js';
import type { DistilTask } from '../distil-task.js';
import { allAnswersOf } from '../teachers/teacher-answers.js';

/** Plans batches of a data set for `distil`. */
export type BatchesOf = (
  dataset: Dataset,
  size: number,
  extra?: Partial<MiniBatchesOptions>,
  names?: OptionNames,
) => MiniBatches;

export interface TrialBatchesOptions {
  readonly batchesOf: BatchesOf;
  readonly trainingSet: Dataset;
  /** What one teacher says of training examples, the first among them. */
  readonly onTraining: TeacherLogits | undefined;
}

/** Examples on which losses are tried before work starts; more than one, for losses that compare examples. */
const TRIED = 8;

/** The first training examples with all that a loss may read of them. Refuses live teachers whose answers are not finite, too. */
export async function trialBatches<Name extends string>(
  { teacher, teachers, groups, signal }: DistilTask<Name>,
  { batchesOf, trainingSet, onTraining }: TrialBatchesOptions,
): Promise<MiniBatches> {
  const tried = firstOf(trainingSet, TRIED);
  const logitsOnTried = (logits: TeacherLogits) => sliceTeacherLogits(logits, 0, tried.labels.length);
  const asked = teachers?.map((each) => (isLive(each) ? each : logitsOnTried(each)));
  const ofTeachersOnTried = asked && (await allAnswersOf(asked, batchesOf(tried, TRIED), signal));
  return batchesOf(
    tried,
    TRIED,
    {
      ...(onTraining && { teacherLogits: logitsOnTried(onTraining) }),
      ...(ofTeachersOnTried && { teachers: ofTeachersOnTried }),
      ...(groups && { groups: withHighest(groups, tried.labels.length) }),
    },
    teacher && { teacherLogits: 'teacher' },
  );
}

/** The groups of the first examples, and the highest of all among them, which has to fit the loss too. */
const withHighest = (groups: Int32Array, count: number): Int32Array => {
  const highest = groups.reduce((most, group) => Math.max(most, group), 0);
  return Int32Array.from({ length: count }, (_, i) => (i === 0 ? highest : (groups[i] as number)));
};

export const firstOf = (dataset: Dataset, count: number): Dataset =>
  sliceExamples(dataset, 0, Math.min(count, dataset.labels.length));
