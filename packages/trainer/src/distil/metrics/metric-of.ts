import type { Metrics } from '@metadistill/losses';
import { describeValue, nearest } from '@metadistill/options';
import { mean, softmax, type Tensor, type Tensor2D, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { confusionOf } from './confusion.js';
import { oneHotRows } from './one-hot-rows.js';

/**
 * What a student is measured by, in the names of tfjs-layers, or of `classificationMetrics`, or as a function of one-hot labels
 * and probabilities, both `[examples, classes]`, such as `tf.metrics.cosineProximity`, whose mean is reported.
 */
export type DistilMetric = MetricName | ((labels: Tensor2D, probabilities: Tensor2D) => Tensor);

/** What is measured: the validation examples. */
export interface Measured {
  readonly metrics: Metrics;
  /** `[examples, classes]`. */
  readonly logits: Float32Array;
  readonly labels: Int32Array;
  readonly classes: number;
}

const table = {
  accuracy: ({ metrics }) => metrics.accuracy,
  acc: ({ metrics }) => metrics.accuracy,
  categoricalAccuracy: ({ metrics }) => metrics.accuracy,
  sparseCategoricalAccuracy: ({ metrics }) => metrics.accuracy,
  topKAccuracy: ({ metrics }) => metrics.topKAccuracy,
  categoricalCrossentropy: ({ metrics }) => metrics.negativeLogLikelihood,
  sparseCategoricalCrossentropy: ({ metrics }) => metrics.negativeLogLikelihood,
  negativeLogLikelihood: ({ metrics }) => metrics.negativeLogLikelihood,
  expectedCalibrationError: ({ metrics }) => metrics.expectedCalibrationError,
  brierScore: ({ metrics }) => metrics.brierScore,
  entropy: ({ metrics }) => metrics.entropy,
  precision: (measured) => confusionOf(measured).precision,
  recall: (measured) => confusionOf(measured).recall,
  f1: (measured) => confusionOf(measured).f1,
} as const satisfies Readonly<Record<string, (measured: Measured) => number>>;

export type MetricName = keyof typeof table;

export const isMetricName = (name: unknown): name is MetricName => Object.hasOwn(table, name as string);

/** @throws TypeError that names the metric. */
export function checkMetrics(metrics: readonly DistilMetric[] | undefined): void {
  if (metrics === undefined) return;
  if (!Array.isArray(metrics)) {
    throw new TypeError(
      `distil: metrics is ${describeValue(metrics)}; expected an array of names, such as ['accuracy', 'f1'].`,
    );
  }
  for (const [i, metric] of metrics.entries()) {
    if (typeof metric === 'function' || isMetricName(metric)) continue;
    const name = typeof metric === 'string' ? metric : describeValue(metric);
    throw new TypeError(`distil: metrics[${i}]: ${nearest('metric', name, Object.keys(table))}`);
  }
}

/** What logs call the metrics, in their order. */
export const metricKeys = (metrics: readonly DistilMetric[]): string[] =>
  metrics.map((metric, i) => `val_${typeof metric === 'string' ? metric : metric.name || `metric${i}`}`);

/** The metrics' values under the names of `metricKeys`. */
export async function measure(
  metrics: readonly DistilMetric[],
  measured: Measured,
): Promise<Readonly<Record<string, number>>> {
  const keys = metricKeys(metrics);
  const values = await Promise.all(
    metrics.map((metric) =>
      typeof metric === 'string' ? table[metric](measured) : meanOf(metric, measured),
    ),
  );
  return Object.fromEntries(values.map((value, i) => [keys[i], value]));
}

async function meanOf(
  metric: Exclude<DistilMetric, string>,
  { logits, labels, classes }: Measured,
): Promise<number> {
  const value = tidy(() => {
    const probabilities = softmax(tensor2d(logits, [labels.length, classes]));
    return mean(metric(oneHotRows(labels, classes), probabilities));
  });
  const [found] = await value.data();
  value.dispose();
  return found as number;
}
