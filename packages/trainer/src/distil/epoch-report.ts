import type { Metaparameters, Metrics, MixMetaparameter } from '@metadistill/losses';
import type { Weights } from '@metadistill/models';

/** What an epoch of `distil` led to. */
export interface EpochReport<Name extends string = MixMetaparameter> {
  /** From 0. */
  readonly epoch: number;
  /** Mean over the epoch's steps. */
  readonly trainingLoss: number;
  /** On the validation set, in evaluation mode. */
  readonly validation: Metrics;
  /** What callbacks are told: `loss`, `val_loss` and `val_acc`, and `val_` before the name of each of `metrics`. */
  readonly logs: Readonly<Record<string, number>>;
  /** The best epoch so far by `earlyStopping`, if it is given: the weights of the last report are those of this one. */
  readonly bestEpoch?: number;
  /** The teacher's accuracy on the validation set, if its answers there are known. */
  readonly teacherAccuracy?: number;
  readonly metaparameters: Metaparameters<Name>;
  /** What the metaparameters are tuned on: the mean of `validationLoss` over the epoch's hypergradients, if there were any. */
  readonly tuningLoss?: number;
  /** Network passes so far, as a multiple of those of plain training. */
  readonly costMultiple: number;
  /**
   * Lent until the next report arrives: keep a copy by `cloneWeights`. Those of the last report received belong to the
   * receiver, unless the student is a `tf.LayersModel`: it then holds them, and these are disposed of.
   */
  readonly weights: Weights;
}
