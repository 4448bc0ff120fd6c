import {
  type Augmentation,
  type AugmentPixels,
  type Batch,
  type BatchPlan,
  checkDataset,
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
import { checkOptions } from '@metadistill/options';
import { tidy } from '@tensorflow/tfjs-core';
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
 * @throws RangeError, Error before a batch is made, if the data set is malformed or has no batch to lend, or the logits or
 *   the teacher do not fit it; TypeError for an unknown option; on use, RangeError if the normalization does not fit.
 */
export function miniBatches(options: MiniBatchesOptions): MiniBatches {
  checkOptions('miniBatches', options, {
    dataset: true,
    batchSize: true,
    normalization: true,
    teacherLogits: true,
    teacher: true,
    shuffleSeed: true,
    augmentation: true,
    lastBatch: true,
  });
  const { dataset, batchSize, normalization, teacherLogits, shuffleSeed, lastBatch = 'keep' } = options;
  const { augmentation, teacher } = options;
  checkDataset(dataset);
  if (teacherLogits) checkLogits(teacherLogits, dataset);
  if (teacher) checkTeacher(options, teacher.model);
  const examples = dataset.labels.length;
  const { batchCount } = planBatches({ examples, batchSize, lastBatch });
  if (batchCount === 0) {
    throw new RangeError(
      `miniBatches: ${dataset.name} has ${examples} examples; expected at least ${lastBatch === 'drop' ? batchSize : 1}. ` +
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
      const batch = makeBatch({
        dataset,
        indices,
        normalization,
        teacherLogits,
        augment: augmentAt(iteration),
      });
      if (!teacher) return batch;
      try {
        return { ...batch, teacherLogits: tidy(() => teacher.model.predict(teacher.weights, batch.inputs)) };
      } catch (error) {
        disposeBatch(batch);
        throw error;
      }
    },
    release: disposeBatch,
  };
}

function checkLogits({ values, examples, classes }: TeacherLogits, dataset: Dataset): void {
  checkTeacherLogits({ shape: [examples, classes], values }, dataset);
}

function checkTeacher({ dataset, teacherLogits }: MiniBatchesOptions, model: Model): void {
  if (teacherLogits) {
    throw new RangeError(
      'miniBatches: teacher and teacherLogits are both given; expected one of them. Cached logits are cheaper; a teacher ' +
        'sees augmented images.',
    );
  }
  const { name, classes, exampleShape } = dataset;
  if (model.classes !== classes || String(model.inputShape) !== String(exampleShape)) {
    throw new RangeError(
      `miniBatches: teacher maps [${model.inputShape}] to ${model.classes} classes; expected [${exampleShape}] to ` +
        `${classes}, as ${name} has them. Pass a teacher of this data.`,
    );
  }
}

/** A stream for each iteration: seeds are far apart, so that neighbours do not share the streams of their iterations. */
const seedOf = (seed: number, iteration: number): number => (Math.imul(seed, 0x9e3779b1) + iteration) >>> 0;
