import type { DistilLogs } from '../callbacks/types.js';
import { type DistilMetric, type Measured, measure, metricKeys } from './metric-of.js';

/** What `onEpochEnd` is told, by its names: the training loss, the student's loss and accuracy on the validation set, metrics. */
export const logNames = (metrics: readonly DistilMetric[]): string[] => [
  'loss',
  'val_loss',
  'val_acc',
  ...metricKeys(metrics),
];

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
