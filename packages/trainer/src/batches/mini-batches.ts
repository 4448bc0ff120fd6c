import {
  type Augmentation,
  type AugmentPixels,
  type Batch,
  type BatchPlan,
  checkDataset,
  checkNormalization,
  checkTeacherLogits,
  type Dataset,
  disposeBatch,
  makeBatch,
  type Normalization,
  planBatches,
  type TeacherLogits,
  torchRandom,
} from '@metadistill/datasets';
import type { Model, Weights } from '@metadistill/models';
import { checkOptions, checkPart, describeValue } from '@metadistill/options';
import { dispose, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import type { BatchSource } from '../types.js';

/** A teacher that is run while its student trains. */
export interface LiveTeacher {
  readonly model: Model;
  /** Borrowed. */
  readonly weights: Weights;
}

/**
 * Changes the images of every batch, such as `flipAndCrop()`; cached logits stay those of the data set's own images. What
 * an iteration draws depends on the seed and its number alone.
 */
export interface SeededAugmentation {
  readonly augment: Augmentation;
  readonly seed: number;
}

export interface MiniBatchesOptions {
  readonly dataset: Dataset;
  readonly batchSize: number;
  /** Of the images; see `channelStatistics`. */
  readonly normalization?: Normalization;
  /** One row per example, in the order of the data set; each batch gets the rows of its examples. */
  readonly teacherLogits?: TeacherLogits;
  /**
   * A teacher that answers on every batch as it is lent, in evaluation mode and on the augmented images, at the price of
   * its forward pass. Instead of `teacherLogits`.
   */
  readonly teacher?: LiveTeacher;
  /** Several teachers, each by its cached logits or live, always in this order. Beside the above or instead of it. */
  readonly teachers?: readonly (TeacherLogits | LiveTeacher)[];
  /** `[examples]`: a whole number at least 0 for each, such as the source of its label; each batch gets those of its examples. */
  readonly groups?: Int32Array;
  /** Shuffles each epoch by a permutation of its own; without it, batches keep the order of the data set. */
  readonly shuffleSeed?: number;
  readonly augmentation?: SeededAugmentation;
  /** What happens to a last batch of an epoch that is not full; `keep` by default. */
  readonly lastBatch?: 'keep' | 'drop';
}

/** Mini-batches of a data set, epoch after epoch. */
export interface MiniBatches extends BatchSource<Batch> {
  readonly batchesPerEpoch: number;
}

/**
 * Lends mini-batches made from a data set in memory: iteration i is batch i mod `batchesPerEpoch` of its epoch.
 *
 * Images stay uint8; only the batch that is lent exists as floats. The batch of an iteration depends on nothing but
 * its number, so that a resumed training sees what the first one would have seen.
 *
 * @throws RangeError, Error before a batch is made, if the data set is malformed or has no batch to lend, or the logits, the
 *   teacher or the normalization do not fit it; TypeError for an unknown option.
 */
export function miniBatches(options: MiniBatchesOptions): MiniBatches {
  return batchesFor('miniBatches', options);
}

/** What errors call an option that its function knows by another name. */
export type OptionNames = Partial<Readonly<Record<'teacherLogits' | 'teachers', string>>>;

/** How a function that lends mini-batches differs from `miniBatches`. */
interface Caller {
  readonly names?: OptionNames | undefined;
  /** Whether it has looked at the data set already. */
  readonly isChecked?: boolean;
}

/** `miniBatches` for a function that errors name in its place. */
export function batchesFor(
  caller: string,
  options: MiniBatchesOptions,
  { names = {}, isChecked = false }: Caller = {},
): MiniBatches {
  const { teacherLogits: logitsName = 'teacherLogits', teachers: teachersName = 'teachers' } = names;
  checkOptions(caller, options, {
    dataset: 'dataset',
    batchSize: true,
    normalization: true,
    teacherLogits: 'teacherLogits?',
    teacher: 'teacher?',
    teachers: 'teacher[]?',
    groups: 'numbers?',
    shuffleSeed: true,
    augmentation: true,
    lastBatch: true,
  });
  const { dataset, batchSize, normalization, teacherLogits, shuffleSeed, lastBatch = 'keep' } = options;
  const { augmentation, teacher, teachers, groups } = options;
  const cached = teachers?.filter((each): each is TeacherLogits => !isLive(each));
  if (!isChecked) checkDataset(dataset, caller);
  if (normalization) checkNormalization(normalization, dataset, caller);
  if (teacherLogits) checkLogits(caller, logitsName, teacherLogits, dataset);
  if (teacher) checkTeacher(caller, options, teacher);
  if (teachers) checkTeachers(caller, teachersName, teachers, dataset);
  if (augmentation) checkPart(caller, 'augmentation.augment', augmentation.augment, 'function');
  if (groups) checkGroups(caller, groups, dataset);
  const examples = dataset.labels.length;
  const { batchCount } = planBatches({ examples, batchSize, lastBatch }, caller);
  if (shuffleSeed !== undefined) checkPart(caller, 'shuffleSeed', shuffleSeed, 'number');
  if (batchCount === 0) {
    throw new RangeError(
      `${caller}: ${dataset.name} has ${examples} examples; expected at least ${lastBatch === 'drop' ? batchSize : 1}. ` +
        'Pass more of them, or a smaller batchSize.',
    );
  }
  let planned: { readonly epoch: number; readonly plan: BatchPlan } | undefined;
  const planOf = (epoch: number): BatchPlan => {
    if (planned?.epoch === epoch) return planned.plan;
    const order =
      shuffleSeed === undefined ? {} : { order: torchRandom(shuffleSeed + epoch).permutation(examples) };
    planned = { epoch, plan: planBatches({ examples, batchSize, lastBatch, ...order }) };
    return planned.plan;
  };
  const augmentAt = (iteration: number): AugmentPixels | undefined =>
    augmentation &&
    ((pixels) => {
      const random = torchRandom(seedOf(augmentation.seed, iteration));
      return augmentation.augment(pixels, dataset.exampleShape, random);
    });
  return {
    batchesPerEpoch: batchCount,
    at(iteration) {
      const indices = planOf(Math.floor(iteration / batchCount)).indices(iteration % batchCount);
      const batch = makeBatch(
        {
          dataset,
          indices,
          normalization,
          teacherLogits,
          teachers: cached,
          groups,
          augment: augmentAt(iteration),
        },
        caller,
      );
      const answered: Tensor2D[] = [];
      const answer = ({ model, weights }: LiveTeacher): Tensor2D => {
        const logits = tidy(() => model.predict(weights, batch.inputs));
        answered.push(logits);
        return logits;
      };
      try {
        let next = 0;
        return {
          ...batch,
          ...(teacher && { teacherLogits: answer(teacher) }),
          ...(teachers && {
            teachers: teachers.map((each) => (isLive(each) ? answer(each) : batch.teachers![next++]!)),
          }),
        };
      } catch (error) {
        dispose(answered);
        disposeBatch(batch);
        throw error;
      }
    },
    release: disposeBatch,
  };
}

/** Is it run, in place of logits that are known? */
export const isLive = (teacher: TeacherLogits | LiveTeacher): teacher is LiveTeacher => 'model' in teacher;

function checkGroups(caller: string, groups: Int32Array, { labels, name }: Dataset): void {
  if (groups.length !== labels.length) {
    throw new RangeError(
      `${caller}: groups has ${groups.length} entries; expected ${labels.length}, one for each example of ${name}.`,
    );
  }
  const wrong = groups.findIndex((group) => !(Number.isInteger(group) && group >= 0));
  if (wrong >= 0) {
    throw new RangeError(
      `${caller}: groups[${wrong}] is ${describeValue(groups[wrong])}; expected a whole number at least 0. Number the ` +
        'groups from 0.',
    );
  }
}

function checkTeachers(
  caller: string,
  argument: string,
  teachers: readonly (TeacherLogits | LiveTeacher)[],
  dataset: Dataset,
): void {
  for (const [i, each] of teachers.entries()) {
    if (isLive(each)) checkLive(caller, `${argument}[${i}]`, each, dataset);
    else {
      checkPart(caller, `${argument}[${i}]`, each, 'teacherLogits');
      checkLogits(caller, `${argument}[${i}]`, each, dataset);
    }
  }
}

function checkLogits(
  caller: string,
  name: string,
  { values, examples, classes }: TeacherLogits,
  dataset: Dataset,
): void {
  checkTeacherLogits({ shape: [examples, classes], values }, dataset, name, caller);
}

function checkTeacher(
  caller: string,
  { dataset, teacherLogits }: MiniBatchesOptions,
  teacher: LiveTeacher,
): void {
  if (teacherLogits) {
    throw new RangeError(
      `${caller}: teacher and teacherLogits are both given; expected one of them. Cached logits are cheaper; a teacher ` +
        'sees augmented images.',
    );
  }
  checkLive(caller, 'teacher', teacher, dataset);
}

function checkLive(
  caller: string,
  argument: string,
  { model, weights }: LiveTeacher,
  dataset: Dataset,
): void {
  checkPart(caller, `${argument}.model`, model, 'model');
  checkPart(caller, `${argument}.weights`, weights, 'weights');
  const { name, classes, exampleShape } = dataset;
  if (model.classes !== classes || String(model.inputShape) !== String(exampleShape)) {
    throw new RangeError(
      `${caller}: ${argument} maps [${model.inputShape}] to ${model.classes} classes; expected [${exampleShape}] to ` +
        `${classes}, as ${name} has them. ${model.classes === classes ? 'Pass a teacher of this data.' : 'Pass a teacher of these classes, or mapTeacherClasses() of what it says.'}`,
    );
  }
}

/** A stream for each iteration: seeds are far apart, so that neighbours do not share the streams of their iterations. */
const seedOf = (seed: number, iteration: number): number => (Math.imul(seed, 0x9e3779b1) + iteration) >>> 0;
