import { checkOptions, describeValue, type KnownOptions, nearest } from '@metadistill/options';
import { type DistilMetric, type MetricName, metricKeys } from '../metrics/metric-of.js';
import type { EarlyStopping } from './early-stopping.js';

/** Whether more or less of a number is better. */
type Direction = 'max' | 'min';

/** Which way each metric gets better. Entropy says how sure a student is: neither way is better by itself. */
const directions: Readonly<Record<MetricName, Direction | undefined>> = {
  accuracy: 'max',
  acc: 'max',
  categoricalAccuracy: 'max',
  sparseCategoricalAccuracy: 'max',
  topKAccuracy: 'max',
  categoricalCrossentropy: 'min',
  sparseCategoricalCrossentropy: 'min',
  negativeLogLikelihood: 'min',
  expectedCalibrationError: 'min',
  brierScore: 'min',
  entropy: undefined,
  precision: 'max',
  recall: 'max',
  f1: 'max',
};

/** Which way a metric gets better, if that is known: a function does not say. */
const directionOf = (metric: DistilMetric): Direction | undefined =>
  typeof metric === 'string' ? directions[metric] : undefined;

/** Which way each of what `onEpochEnd` is told gets better, by its name; undefined if that is not known. */
const logDirections = (metrics: readonly DistilMetric[]): Readonly<Record<string, Direction | undefined>> => {
  const keys = metricKeys(metrics);
  return {
    loss: 'min',
    val_loss: 'min',
    val_acc: 'max',
    ...Object.fromEntries(metrics.map((metric, i) => [keys[i], directionOf(metric)])),
  };
};

/**
 * The options with the `mode` that is true of what is monitored. It is loaded when there are some.
 *
 * @throws TypeError, RangeError that names the option.
 */
export function resolveEarlyStopping(given: EarlyStopping, metrics: readonly DistilMetric[]): EarlyStopping {
  const directions = logDirections(metrics);
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
  const resolved = mode === 'auto' ? directions[monitor] : mode;
  if (resolved === undefined) {
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
  return { ...given, mode: resolved };
}
