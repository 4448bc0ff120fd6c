import {
  type Dataset,
  flipAndCrop,
  holdOutLast,
  type Normalization,
  sliceExamples,
  sliceTeacherLogits,
  type TeacherLogits,
  type TrainTest,
} from '@metadistill/datasets';
import { type LiveTeacher, type MiniBatches, miniBatches } from '@metadistill/trainer';
import type { Protocol } from '../../runs/experiment.js';
import type { MethodKind } from '../training/methods.js';
import type { ImageConfig } from './config.js';

/** Images, a teacher's logits on the training images, and how pixels are normalised. */
export interface ImageSource extends TrainTest {
  readonly teacherLogits: TeacherLogits;
  /** Answers on every training batch in place of the logits above. */
  readonly liveTeacher?: LiveTeacher;
  readonly normalization: Normalization;
  /** `sha256:…` of the images and of the teacher, by name. */
  readonly fingerprints: Readonly<Record<string, string>>;
}

/** The batches of one run. */
export interface ImageData {
  readonly training: MiniBatches;
  /** With the teacher's logits, for validation losses that read them. */
  readonly validation: MiniBatches;
  /** The validation images in the batches of an evaluation. */
  readonly validationSet: MiniBatches;
  readonly testSet: MiniBatches;
  readonly labels: { readonly validation: Int32Array; readonly test: Int32Array };
  readonly trainingTeacherLogits: TeacherLogits;
  /** On the validation images, `[examples, classes]`. */
  readonly validationTeacherLogits: Float32Array;
}

/** Small enough that the widest images between layers stay in the cache. */
const evaluationBatchSize = 125;

/**
 * Splits a source for one run: the last tenth of the training images validates.
 *
 * Published, methods that look at no validation set train on that tenth too; corrected, no method does. Batches keep
 * the order of the file unless `shuffle` is set, and the teacher's logits follow their images. Only training images are
 * ever augmented.
 */
export function imageData(
  source: ImageSource,
  config: ImageConfig,
  protocol: Protocol,
  method: MethodKind,
  run: number,
): ImageData {
  const { normalization, liveTeacher } = source;
  const all = sliceExamples(source.train, 0, config.trainingImages);
  const test = sliceExamples(source.test, 0, config.testImages);
  const { train, validation } = holdOutLast(all, config.validationFraction);
  const usesValidation = method.kind === 'gradient' || method.kind === 'search';
  const trainsOnAll = protocol === 'published' && !usesValidation;
  const training = trainsOnAll ? all : train;
  const trainingTeacherLogits = sliceTeacherLogits(source.teacherLogits, 0, training.labels.length);
  const validationLogits = sliceTeacherLogits(source.teacherLogits, train.labels.length, all.labels.length);
  const inOrder = (dataset: Dataset, batchSize: number, logits: { teacherLogits?: TeacherLogits } = {}) =>
    miniBatches({ dataset, batchSize, normalization, ...logits });
  const isAugmented =
    config.augment === 'all' || (config.augment === 'gradient' && method.kind === 'gradient');
  // Epochs of different runs must not share permutations or crops; the methods of one run do.
  const seed = config.seed + 1_000_000 * (run + 1);
  return {
    training: miniBatches({
      dataset: training,
      batchSize: config.batchSize,
      normalization,
      ...(liveTeacher ? { teacher: liveTeacher } : { teacherLogits: trainingTeacherLogits }),
      ...(config.shuffle && { shuffleSeed: seed }),
      ...(isAugmented && { augmentation: { augment: flipAndCrop(), seed } }),
    }),
    validation: inOrder(validation, config.batchSize, { teacherLogits: validationLogits }),
    validationSet: inOrder(validation, evaluationBatchSize),
    testSet: inOrder(test, evaluationBatchSize),
    labels: { validation: validation.labels, test: test.labels },
    trainingTeacherLogits,
    validationTeacherLogits: validationLogits.values,
  };
}
