import type { Augmentation, Dataset, Normalization, TeacherLogits } from '@metadistill/datasets';
import type { InnerOptimizer, MetaparameterSpace } from '@metadistill/hypergrad';
import type { LogitLoss, Metaparameters, MixMetaparameter } from '@metadistill/losses';
import type { Model, Weights } from '@metadistill/models';
import type { Controller } from '@metadistill/trajectory';
import type { LiveTeacher } from '../batches/mini-batches.js';
import type { Schedule } from '../schedules/schedule.js';

export interface DistilOptions<Name extends string = MixMetaparameter> {
  readonly student: Model;
  /** What the student learns from. */
  readonly training: Dataset;
  /** A teacher's logits on the training examples, in their order; computed once, the cheaper way. */
  readonly teacherLogits?: TeacherLogits;
  /** Or a teacher that answers on every batch, augmented images included. */
  readonly teacher?: LiveTeacher;
  /**
   * Or several teachers, each by its logits on the training examples or live, always in this order. What they say is then
   * trusted class by class: see `trainingLoss`.
   */
  readonly teachers?: readonly (TeacherLogits | LiveTeacher)[];
  /** `[training examples]`: whole numbers from 0, such as the source of each label, for a training loss `by: 'group'`. */
  readonly groups?: Int32Array;
  /** Changes the training images of every batch, such as `flipAndCrop()`. */
  readonly augment?: Augmentation;
  /** What the student is measured on after every epoch, and metaparameters are tuned on; test the student on a third set. */
  readonly validation: Dataset;
  /**
   * The teacher's logits on the validation examples. With them, or with a live teacher, a student that is better than its
   * teacher stops listening to it as long as it gets no worse, and the default of `validationLoss` asks for the teacher's answers.
   */
  readonly validationTeacherLogits?: TeacherLogits;
  /**
   * The same for `teachers`: each by its logits on the validation examples or live, in the same order. With them trust starts
   * where counting puts it. Default: `teachers`, if all are live.
   */
  readonly validationTeachers?: readonly (TeacherLogits | LiveTeacher)[];
  readonly epochs: number;
  /** Seeds the initial weights and the order of the examples. */
  readonly seed: number;
  /** Of the images; see `channelStatistics`. */
  readonly normalization?: Normalization;
  /** Default 128. */
  readonly batchSize?: number;
  /** One for all iterations, or a schedule; by default from 18/iterations, within 0.01 and 0.1, to 0 along a cosine. */
  readonly learningRate?: number | Schedule;
  /** Default `adam()`, whose steps do not depend on the scale of the loss. Another one needs a `learningRate`. */
  readonly optimizer?: InnerOptimizer;
  /** Where to start; borrowed. Default: PyTorch's initialisation under the seed. */
  readonly weights?: Weights;
  /**
   * Default: `convexMix` with `matchedScaling`; of several teachers `trustMix` by the class that each says. One of your own
   * needs `metaparameters`, and a `space` if they are tuned and have other names.
   */
  readonly trainingLoss?: LogitLoss<Name>;
  /**
   * What metaparameters are tuned on. Default: `calibratedCrossEntropy({ labelSmoothing: 0.05 })` with several teachers; with one
   * `teacherAgreement` if its answers on the validation examples are known, else `crossEntropy`.
   */
  readonly validationLoss?: LogitLoss;
  /**
   * Where metaparameters start, and stay without a `controller`. Default: a distillationFraction of 0.9, and the temperature at
   * which the teacher gives 0.65 of ten classes to its first choice (`agreementTemperature`); with several teachers the trust
   * that `countedTrust` finds on the validation examples, or the same for all if their answers there are not known.
   */
  readonly metaparameters?: Metaparameters<Name>;
  /**
   * Tunes the metaparameters: which iterations compute a hypergradient. `everyKth(5)` costs a third more than plain training.
   * Left out, they stay as they are.
   */
  readonly controller?: Controller;
  /**
   * Bounds and coordinates of tuning. Default: distillationFraction in [0, 1] by its logit, temperatures in [1, 50] by their
   * logarithm, trust and logarithms of weights in [−6, 6], or as far as their start.
   */
  readonly space?: MetaparameterSpace<Name>;
  /**
   * Learning rate of Adam on the metaparameters, in the coordinates of the space. Default 0.1; of trust and weights 0.2 if they
   * start equal, else 0.05.
   */
  readonly metaLearningRate?: number;
  readonly signal?: AbortSignal;
}
