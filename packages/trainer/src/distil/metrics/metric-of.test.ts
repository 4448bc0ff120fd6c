import { classificationMetrics } from '@metadistill/losses';
import { metrics as tfMetrics } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { checkMetrics, type DistilMetric, measure } from './metric-of.js';

// The choices are 0 0 1 1 2 0, the labels:
const labels = Int32Array.of(0, 1, 1, 1, 2, 2);
const logits = Float32Array.from(
  [
    [3, 0, 0],
    [2, 1, 0],
    [0, 4, 0],
    [0, 5, 1],
    [0, 0, 2],
    [1, 0, 0],
  ].flat(),
);
const measured = {
  metrics: classificationMetrics({ logits, labels, classes: 3 }),
  logits,
  labels,
  classes: 3,
};

test('macro precision, recall and F1 by hand', async () => {
  const values = await measure(['precision', 'recall', 'f1', 'accuracy'], measured);
  expect(values.val_accuracy).toBeCloseTo(4 / 6, 12);
  expect(values.val_precision).toBeCloseTo((1 / 3 + 1 + 1) / 3, 12);
  expect(values.val_recall).toBeCloseTo((1 + 2 / 3 + 1 / 2) / 3, 12);
  expect(values.val_f1).toBeCloseTo((2 / 4 + 4 / 5 + 2 / 3) / 3, 12);
});

test('metrics of tfjs-layers as functions, and by their names here', async () => {
  const { categoricalAccuracy, categoricalCrossentropy } = tfMetrics;
  const of = async (metric: unknown) => Object.values(await measure([metric as DistilMetric], measured))[0]!;
  expect(await of(categoricalAccuracy)).toBeCloseTo(await of('categoricalAccuracy'), 6);
  expect(await of(categoricalCrossentropy)).toBeCloseTo(await of('categoricalCrossentropy'), 5);
});

test('a metric that there is not is refused with the nearest one', () => {
  expect(() => checkMetrics(['acuracy' as never])).toThrow(
    "distil: metrics[0]: unknown metric 'acuracy'; did you mean 'accuracy'?",
  );
  expect(() => checkMetrics('accuracy' as never)).toThrow("distil: metrics is 'accuracy'; expected an array");
});
