import type { Augmentation, Dataset, Normalization, TeacherLogits } from '@metadistill/datasets';
import type { InnerOptimizer } from '@metadistill/hypergrad';
import type { Metaparameters, MixMetaparameter } from '@metadistill/losses';
import type { Model, Weights } from '@metadistill/models';
import type { Controller } from '@metadistill/trajectory';
import type { LiveTeacher } from './batches/mini-batches.js';
import type { Schedule } from './schedules/schedule.js';

export interface DistilOptions {
  readonly student: Model;
  /** What the student learns from. */
  readonly training: Dataset;
  /** A teacher's logits on the training examples, in their order; computed once, the cheaper way. */
  readonly teacherLogits?: TeacherLogits;
  /** Or a teacher that answers on every batch, augmented images included. */
  readonly teacher?: LiveTeacher;
  /** Changes the training images of every batch, such as `flipAndCrop()`. */
  readonly augment?: Augmentation;
  /** What the metaparameters are tuned on; test the student on a third set. */
  readonly validation: Dataset;
  readonly epochs: number;
  /** Seeds the initial weights and the order of the examples. */
  readonly seed: number;
  /** Of the images; see `channelStatistics`. */
  readonly normalization?: Normalization;
  /** Default 128. */
  readonly batchSize?: number;
  /** One for all iterations, or a schedule such as `cosineSchedule`; default 0.05. */
  readonly learningRate?: number | Schedule;
  /** Default `momentum({ momentum: 0.9 })`. */
  readonly optimizer?: InnerOptimizer;
  /** Where to start; borrowed. Default: PyTorch's initialisation under the seed. */
  readonly weights?: Weights;
  /** Default { distillationFraction: 0.5, temperature: 2 }. */
  readonly metaparameters?: Metaparameters<MixMetaparameter>;
  /** Which iterations compute a hypergradient. Default every 5th, which costs a third more than plain training. */
  readonly controller?: Controller;
  /** Learning rate of Adam on the metaparameters, in logit and log space; default 0.05. */
  readonly metaLearningRate?: number;
  readonly signal?: AbortSignal;
}
