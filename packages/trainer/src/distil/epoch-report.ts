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
