import { expect, test } from 'vitest';
import type { DistilMetric } from '../metrics/metric-of.js';
import { resolveEarlyStopping } from './resolve-early-stopping.js';

const foo: DistilMetric = function foo(labels) {
  return labels;
};
const asked: DistilMetric[] = [
  'categoricalAccuracy',
  'topKAccuracy',
  'f1',
  'recall',
  'precision',
  'brierScore',
  'categoricalCrossentropy',
  'entropy',
  foo,
];

test.each([
  ['val_acc', 'max'],
  ['val_categoricalAccuracy', 'max'],
  ['val_topKAccuracy', 'max'],
  ['val_f1', 'max'],
  ['val_recall', 'max'],
  ['val_precision', 'max'],
  ['val_brierScore', 'min'],
  ['val_categoricalCrossentropy', 'min'],
  ['loss', 'min'],
])('%s is better at its %s', (monitor, mode) => {
  expect(resolveEarlyStopping({ monitor }, asked)).toEqual({ monitor, mode });
  expect(resolveEarlyStopping({ monitor, mode: 'auto' }, asked).mode).toBe(mode);
  const other = mode === 'max' ? 'min' : 'max';
  expect(resolveEarlyStopping({ monitor, mode: other }, asked).mode).toBe(other);
});

test('what does not say which way it gets better needs a mode', () => {
  const message = "distil: earlyStopping.mode is undefined; expected 'max' or 'min', as val_foo does not say";
  expect(() => resolveEarlyStopping({ monitor: 'val_foo' }, asked)).toThrow(message);
  expect(() => resolveEarlyStopping({ monitor: 'val_entropy' }, asked)).toThrow('as val_entropy does not');
  resolveEarlyStopping({ monitor: 'val_foo', mode: 'max' }, asked);
});

test.each<[object, string]>([
  [{ patience: 0 }, 'distil: earlyStopping.patience is 0; expected a whole number of epochs, 1 or more.'],
  [{ patience: 1.5 }, 'distil: earlyStopping.patience is 1.5;'],
  [{ patience: '3' }, "distil: earlyStopping.patience is '3';"],
  [{ restoreBestWeights: 'no' }, "distil: earlyStopping.restoreBestWeights is 'no'; expected true or false."],
])('%j is refused', (options, message) => {
  expect(() => resolveEarlyStopping(options, asked)).toThrow(message);
});
