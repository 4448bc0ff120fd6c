import type { DistilLogs } from '../callbacks/types.js';
import {
  type Direction,
  type DistilMetric,
  directionOf,
  type Measured,
  measure,
  metricKeys,
} from './metric-of.js';

/** What `onEpochEnd` is told, by its names: the training loss, the student's loss and accuracy on the validation set, metrics. */
export const logNames = (metrics: readonly DistilMetric[]): string[] => [
  'loss',
  'val_loss',
  'val_acc',
  ...metricKeys(metrics),
];

/** Which way each of them gets better, by its name; undefined if that is not known. */
export const logDirections = (
  metrics: readonly DistilMetric[],
): Readonly<Record<string, Direction | undefined>> => {
  const keys = metricKeys(metrics);
  return {
    loss: 'min',
    val_loss: 'min',
    val_acc: 'max',
    ...Object.fromEntries(metrics.map((metric, i) => [keys[i], directionOf(metric)])),
  };
};

/** The same with values; `val_loss` is the cross-entropy with the labels. */
export const logsOf = async (
  metrics: readonly DistilMetric[],
  trainingLoss: number,
  measured: Measured,
): Promise<DistilLogs> => ({
  loss: trainingLoss,
  val_loss: measured.metrics.negativeLogLikelihood,
  val_acc: measured.metrics.accuracy,
  ...(await measure(metrics, measured)),
});
