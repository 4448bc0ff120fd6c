import type { Augmentation, Dataset, Normalization } from '@metadistill/datasets';
import type { InnerOptimizer, MetaparameterSpace } from '@metadistill/hypergrad';
import type { LogitLoss, Metaparameters, MixMetaparameter } from '@metadistill/losses';
import type { LayersModel, Model, Weights } from '@metadistill/models';
import type { Controller } from '@metadistill/trajectory';
import type { LiveTeacher } from '../batches/mini-batches.js';
import type { Schedule } from '../schedules/schedule.js';
import type { EarlyStopping } from './callbacks/early-stopping.js';
import type { DistilCallback } from './callbacks/types.js';
import type { Examples } from './inputs/examples-of.js';
import type { TfDataset } from './inputs/is-tf-dataset.js';
import type { Numbers } from './inputs/values-of.js';
import type { DistilMetric } from './metrics/metric-of.js';
import type { TfOptimizer } from './optimizers/inner-optimizer-of.js';
import type { CachedAnswers } from './teachers/cached-logits.js';

/** A teacher that is run: a `tf.LayersModel` with the weights that it holds, or a model of ours beside its weights. */
export type TeacherNetwork = LayersModel | LiveTeacher;

export interface DistilOptions<Name extends string = MixMetaparameter> {
  /** Your own `tf.LayersModel`, which holds the weights of each epoch when callbacks hear of its end, or a model of `@metadistill/models`. */
  readonly student: LayersModel | Model;
  /**
   * What the student learns from: a tensor, a typed array or nested arrays of `[examples, ...inputShape]`, numbers as they are; a
   * list of these, or a record by the names of its inputs, for a student of several; or a `tf.data.Dataset` of `{ xs, ys }`, which is read into
   * memory once, to its end: one that has none is refused if its `size` says so, and else read until `signal` aborts. Bytes with a `normalization` or `augment` are pixels.
   */
  readonly x?: Examples | TfDataset;
  /** The label of each example: whole numbers `[examples]` from 0, or one-hot rows `[examples, classes]`. */
  readonly y?: Numbers;
  /** What the student is measured on after every epoch, as `[x, y]` or a `tf.data.Dataset`; metaparameters are tuned on it too. */
  readonly validationData?: readonly [Examples, Numbers] | TfDataset;
  /** Or the share of the examples to hold out for that, between 0 and 1: the last ones, as Keras does. */
  readonly validationSplit?: number;
  /** In place of `x` and `y`: a data set of `@metadistill/datasets`. */
  readonly training?: Dataset;
  /** In place of `validationData`. Test the student on a third set. */
  readonly validation?: Dataset;
  /**
   * A `tf.LayersModel` with the weights that it holds, or `{ model, weights }`. It answers once on every example; with `augment`
   * on every batch of changed images.
   */
  readonly teacher?: TeacherNetwork;
  /**
   * Or its logits on the examples, in their order: with their shape, or as any array of `[examples, classes]`. Log-probabilities
   * are logits, probabilities are refused; `[examples, 1]` of a sigmoid is two classes, [0, z]; a class at −Infinity is masked, and has probability 0 at any temperature. With `validationSplit`
   * these are the answers on all examples.
   */
  readonly teacherLogits?: CachedAnswers;
  /**
   * Or the same as probabilities, such as a softmax gives; `[examples, 1]` of a sigmoid is two classes, [1 − p, p]. A probability
   * of 0 has been rounded, and counts as a logit 104 below the largest of its row.
   */
  readonly teacherProbabilities?: CachedAnswers;
  /**
   * Or several teachers, each as a network or by its logits, always in this order. What they say is then trusted class by class:
   * see `trainingLoss`.
   */
  readonly teachers?: readonly (TeacherNetwork | CachedAnswers)[];
  /** `[training examples]`: whole numbers from 0, such as the source of each label, for a training loss `by: 'group'`. */
  readonly groups?: Int32Array;
  /** Changes the training images of every batch, such as `flipAndCrop()`. */
  readonly augment?: Augmentation;
  /**
   * The teacher's logits on the validation examples. With them, or with a live teacher, a student that is better than its
   * teacher stops listening to it as long as it gets no worse, and the default of `validationLoss` asks for the teacher's answers.
   */
  readonly validationTeacherLogits?: CachedAnswers;
  /** Or the same as probabilities. */
  readonly validationTeacherProbabilities?: CachedAnswers;
  /**
   * The same for `teachers`: each by its logits on the validation examples or live, in the same order. With them trust starts
   * where counting puts it. Default: `teachers`, if all are live.
   */
  readonly validationTeachers?: readonly (TeacherNetwork | CachedAnswers)[];
  readonly epochs: number;
  /** Seeds the initial weights of a model of ours, the order of the examples, dropout and augmentation. */
  readonly seed: number;
  /** Of the images; see `channelStatistics`. */
  readonly normalization?: Normalization;
  /** Default 128. */
  readonly batchSize?: number;
  /** One for all iterations, or a schedule; by default from 18/iterations, within 0.01 and 0.1, to 0 along a cosine; from 0.01 for a convolutional student without batch norm. */
  readonly learningRate?: number | Schedule;
  /**
   * Default `adam()`, whose steps do not depend on the scale of the loss. Another one needs a `learningRate`, unless it is one of
   * `tf.train`: `sgd`, `momentum` and `adam` are taken for their rule and rate. A `learningRate` beside it wins over that rate.
   */
  readonly optimizer?: InnerOptimizer | TfOptimizer;
  /** Where to start; borrowed. Default: what a `tf.LayersModel` holds; for a model of ours PyTorch's initialisation under the seed. */
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
   * that `countedTrust` finds on the validation examples, or the same for all if their answers there are not known. What you leave
   * out of them has its default, unless `trainingLoss` is your own.
   */
  readonly metaparameters?: Partial<Metaparameters<Name>>;
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
  /** What else to measure on the validation set after every epoch, for `logs`. */
  readonly metrics?: readonly DistilMetric[];
  /** Told of every epoch and batch, as by `fit` of tfjs-layers. */
  readonly callbacks?: DistilCallback | readonly DistilCallback[];
  /** Ends a run that no longer gets better, with the weights of its best epoch. */
  readonly earlyStopping?: EarlyStopping;
  readonly signal?: AbortSignal;
}
