import { checkOptions, describeValue, type KnownOptions, nearest } from '@metadistill/options';
import type { Direction } from '../metrics/metric-of.js';

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

/**
 * @param directions what may be monitored, and which way it gets better, if that is known.
 * @throws TypeError, RangeError that names the option.
 */
export function checkEarlyStopping(
  given: EarlyStopping,
  directions: Readonly<Record<string, Direction | undefined>>,
): void {
  const known: KnownOptions<EarlyStopping> = {
    monitor: 'string?',
    patience: true,
    minDelta: true,
    mode: true,
    baseline: true,
    restoreBestWeights: true,
  };
  checkOptions<EarlyStopping>('distil: earlyStopping', given, known, "{ monitor: 'val_acc', patience: 3 }");
  const { monitor = 'val_loss', patience = 1, minDelta = 0, mode = 'auto', baseline = 0 } = given;
  const { restoreBestWeights = true } = given;
  const names = Object.keys(directions);
  if (!names.includes(monitor)) {
    throw new RangeError(`distil: earlyStopping.monitor: ${nearest('name', monitor, names)}`);
  }
  if (!Number.isInteger(patience) || patience < 1) {
    const Kind = typeof patience === 'number' ? RangeError : TypeError;
    throw new Kind(
      `distil: earlyStopping.patience is ${describeValue(patience)}; expected a whole number of epochs, 1 or more.`,
    );
  }
  if (!['auto', 'min', 'max'].includes(mode)) {
    throw new RangeError(
      `distil: earlyStopping.mode is ${describeValue(mode)}; expected 'auto', 'min' or 'max'.`,
    );
  }
  if (mode === 'auto' && directions[monitor] === undefined) {
    throw new TypeError(
      `distil: earlyStopping.mode is ${describeValue(given.mode)}; expected 'max' or 'min', as ${monitor} does not say which ` +
        'way it gets better.',
    );
  }
  if (typeof restoreBestWeights !== 'boolean') {
    throw new TypeError(
      `distil: earlyStopping.restoreBestWeights is ${describeValue(restoreBestWeights)}; expected true or false.`,
    );
  }
  for (const [option, value] of Object.entries({ minDelta, baseline })) {
    if (Number.isFinite(value)) continue;
    throw new RangeError(
      `distil: earlyStopping.${option} is ${describeValue(value)}; expected a finite number.`,
    );
  }
}

/** What an epoch's value of the monitored number, which gets better in its `direction`, does to the patience. */
export function afterEpoch(
  { patience = 1, minDelta = 0, mode = 'auto' }: EarlyStopping,
  { best, bestEpoch, waited }: Patience,
  {
    epoch,
    value,
    direction,
  }: { readonly epoch: number; readonly value: number; readonly direction: Direction | undefined },
): Patience {
  const isMore = (mode === 'auto' ? direction : mode) === 'max';
  const gain = best === undefined ? Number.POSITIVE_INFINITY : isMore ? value - best : best - value;
  if (gain > Math.abs(minDelta)) return { best: value, bestEpoch: epoch, waited: 0, isOver: false };
  return { best, bestEpoch, waited: waited + 1, isOver: waited + 1 >= patience };
}
