/** When a run that no longer gets better ends: the arguments of `tf.callbacks.earlyStopping`, with the best weights restored. */
export interface EarlyStopping {
  /** A name of the logs of `onEpochEnd`; default `val_loss`. */
  readonly monitor?: string;
  /** Epochs in a row without anything better after which the run ends, 1 or more; default 1: at the first. */
  readonly patience?: number;
  /** What counts as better: more than that; default 0. */
  readonly minDelta?: number;
  /**
   * Whether less or more is better. Default `auto`: what is true of the metric, more for `val_acc` or `val_f1`, less for
   * `val_loss`. Needed for `entropy` and for metrics that are functions.
   */
  readonly mode?: 'auto' | 'min' | 'max';
  /** The first epoch has to be better than that. */
  readonly baseline?: number;
  /** Whether the run ends with the weights of its best epoch, though it was not stopped, too; default true. */
  readonly restoreBestWeights?: boolean;
}

/** How far a run is from being stopped. */
export interface Patience {
  readonly best: number | undefined;
  readonly bestEpoch: number | undefined;
  /** Epochs since. */
  readonly waited: number;
  readonly isOver: boolean;
}

/** Before the first epoch. */
export const untried = ({ baseline }: EarlyStopping): Patience => ({
  best: baseline,
  bestEpoch: undefined,
  waited: 0,
  isOver: false,
});

/** What an epoch's value of the monitored number does to the patience. */
export function afterEpoch(
  { patience = 1, minDelta = 0, mode }: EarlyStopping,
  { best, bestEpoch, waited }: Patience,
  { epoch, value }: { readonly epoch: number; readonly value: number },
): Patience {
  const change = best === undefined ? Number.POSITIVE_INFINITY : value - best;
  const gain = mode === 'max' || best === undefined ? change : -change;
  if (gain > Math.abs(minDelta)) return { best: value, bestEpoch: epoch, waited: 0, isOver: false };
  return { best, bestEpoch, waited: waited + 1, isOver: waited + 1 >= patience };
}
