import { describeValue } from '@metadistill/options';
import { mean, softmax, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { type DistilMetric, isMetricName } from './metric-of.js';
import { oneHotRows } from './one-hot-rows.js';

/** Rows that metrics are tried on. */
const TRIED = 4;

/**
 * Evaluates metrics that are functions once, on a few made-up rows: without that, one that does not fit would end the run after
 * its first epoch.
 *
 * @throws TypeError that names the metric, with what it says.
 */
export function tryMetrics(metrics: readonly DistilMetric[], classes: number): void {
  for (const [i, metric] of metrics.entries()) {
    if (typeof metric === 'string') continue;
    const called = `distil: metrics[${i}]${metric.name && ` (${metric.name})`}`;
    const inputs = 'one-hot labels and probabilities, both [examples, classes]';
    tidy(() => {
      const hot = Int32Array.from({ length: TRIED }, (_, row) => row % classes);
      const labels = oneHotRows(hot, classes);
      let value: unknown;
      try {
        value = metric(labels, softmax(labels));
      } catch (cause) {
        throw new TypeError(
          `${called} does not fit: ${(cause as Error)?.message ?? cause}. It is given ${inputs}.${isMetricName(metric.name) ? ` Pass its name: '${metric.name}'.` : ''}`,
          { cause },
        );
      }
      if (typeof value === 'object' && value !== null && 'dataId' in value) mean(value as Tensor2D);
      else {
        throw new TypeError(
          `${called} returns ${describeValue(value)}; expected a tensor. It is given ${inputs}, and its mean is reported.`,
        );
      }
    });
  }
}
