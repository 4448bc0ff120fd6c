import { checkOptions, describeValue, nearest } from '@metadistill/options';

/** When a run that no longer gets better ends: the arguments of `tf.callbacks.earlyStopping`, with the best weights restored. */
export interface EarlyStopping {
  /** A name of the logs of `onEpochEnd`; default `val_loss`. */
  readonly monitor?: string;
  /** Epochs in a row that may bring nothing; at that many the run ends. Default 0: at the first. */
  readonly patience?: number;
  /** What counts as better: more than that; default 0. */
  readonly minDelta?: number;
  /** Whether less is better or more; by default more for what has `acc` in its name. */
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
 * @param names what may be monitored.
 * @throws TypeError, RangeError that names the option.
 */
export function checkEarlyStopping(given: EarlyStopping, names: readonly string[]): void {
  checkOptions<EarlyStopping>('distil: earlyStopping', given, {
    monitor: 'string?',
    patience: true,
    minDelta: true,
    mode: true,
    baseline: true,
    restoreBestWeights: true,
  });
  const { monitor = 'val_loss', patience = 0, minDelta = 0, mode = 'auto', baseline = 0 } = given;
  if (!names.includes(monitor)) {
    throw new RangeError(`distil: earlyStopping.monitor: ${nearest('name', monitor, names)}`);
  }
  if (!(patience >= 0)) {
    throw new RangeError(
      `distil: earlyStopping.patience is ${describeValue(patience)}; expected a number of epochs, 0 or more.`,
    );
  }
  if (!['auto', 'min', 'max'].includes(mode)) {
    throw new RangeError(
      `distil: earlyStopping.mode is ${describeValue(mode)}; expected 'auto', 'min' or 'max'.`,
    );
  }
  for (const [option, value] of Object.entries({ minDelta, baseline })) {
    if (Number.isFinite(value)) continue;
    throw new RangeError(
      `distil: earlyStopping.${option} is ${describeValue(value)}; expected a finite number.`,
    );
  }
}

/** What an epoch's value of the monitored number does to the patience. */
export function afterEpoch(
  { monitor = 'val_loss', patience = 0, minDelta = 0, mode = 'auto' }: EarlyStopping,
  { best, bestEpoch, waited }: Patience,
  { epoch, value }: { readonly epoch: number; readonly value: number },
): Patience {
  const isMore = mode === 'max' || (mode === 'auto' && monitor.includes('acc'));
  const gain = best === undefined ? Number.POSITIVE_INFINITY : isMore ? value - best : best - value;
  if (gain > Math.abs(minDelta)) return { best: value, bestEpoch: epoch, waited: 0, isOver: false };
  return { best, bestEpoch, waited: waited + 1, isOver: waited + 1 >= patience };
}
