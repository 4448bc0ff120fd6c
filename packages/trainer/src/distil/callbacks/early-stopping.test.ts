import { callbacks } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { logDirections } from '../metrics/logs.js';
import type { DistilMetric } from '../metrics/metric-of.js';
import { afterEpoch, checkEarlyStopping, type EarlyStopping, untried } from './early-stopping.js';

const directionOf = ({ monitor }: EarlyStopping) => (monitor === 'val_acc' ? 'max' : 'min');

const course = [0.9, 0.7, 0.7, 0.69, 0.75, 0.6, 0.6, 0.61, 0.62, 0.5];

/** In which epoch a run of these values ends. */
function endsAt(options: EarlyStopping): number {
  let patience = untried(options);
  const end = course.findIndex((value, epoch) => {
    patience = afterEpoch(options, patience, { epoch, value, direction: directionOf(options) });
    return patience.isOver;
  });
  return end < 0 ? course.length : end;
}

/** The same by the callback of tfjs-layers. */
async function endsAtInTfjs(options: EarlyStopping): Promise<number> {
  const { restoreBestWeights: _, ...rest } = options;
  const callback = callbacks.earlyStopping(rest);
  const model = { stopTraining: false };
  Object.assign(callback, { model });
  await callback.onTrainBegin();
  for (const [epoch, value] of course.entries()) {
    await callback.onEpochEnd(epoch, { [rest.monitor ?? 'val_loss']: value });
    if (model.stopTraining) return epoch;
  }
  return course.length;
}

test.each<EarlyStopping>([
  {},
  { patience: 1 },
  { patience: 2 },
  { patience: 3 },
  { patience: 9 },
  { patience: 2, minDelta: 0.05 },
  { monitor: 'val_acc', patience: 3 },
  { monitor: 'val_acc', mode: 'min', patience: 2 },
  { mode: 'max', patience: 4 },
  { baseline: 0.65, patience: 2 },
  { baseline: 0.65, patience: 6 },
])('%j ends a run in the epoch in which tfjs-layers does', async (options) => {
  expect(endsAt(options)).toBe(await endsAtInTfjs(options));
});

test('remembers the best epoch', () => {
  const options = { patience: 3 };
  const last = course.reduce(
    (patience, value, epoch) =>
      patience.isOver ? patience : afterEpoch(options, patience, { epoch, value, direction: 'min' }),
    untried(options),
  );
  expect(last).toEqual({ best: 0.6, bestEpoch: 5, waited: 3, isOver: true });
});

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
const directions = logDirections(asked);

test.each([
  ['val_acc', 0.9],
  ['val_categoricalAccuracy', 0.9],
  ['val_topKAccuracy', 0.9],
  ['val_f1', 0.9],
  ['val_recall', 0.9],
  ['val_precision', 0.9],
  ['val_brierScore', 0.5],
  ['val_categoricalCrossentropy', 0.5],
  ['loss', 0.5],
])('of %s the best value is %d', (monitor, best) => {
  const options = { monitor, patience: 100 };
  const last = course.reduce(
    (patience, value, epoch) =>
      afterEpoch(options, patience, { epoch, value, direction: directions[monitor] }),
    untried(options),
  );
  expect(last.best).toBe(best);
});

test('what does not say which way it gets better needs a mode', () => {
  const message = "distil: earlyStopping.mode is undefined; expected 'max' or 'min', as val_foo does not say";
  expect(() => checkEarlyStopping({ monitor: 'val_foo' }, directions)).toThrow(message);
  expect(() => checkEarlyStopping({ monitor: 'val_entropy' }, directions)).toThrow('as val_entropy does not');
  checkEarlyStopping({ monitor: 'val_foo', mode: 'max' }, directions);
});

test.each<[object, string]>([
  [{ patience: 0 }, 'distil: earlyStopping.patience is 0; expected a whole number of epochs, 1 or more.'],
  [{ patience: 1.5 }, 'distil: earlyStopping.patience is 1.5;'],
  [{ patience: '3' }, "distil: earlyStopping.patience is '3';"],
  [{ restoreBestWeights: 'no' }, "distil: earlyStopping.restoreBestWeights is 'no'; expected true or false."],
])('%j is refused', (options, message) => {
  expect(() => checkEarlyStopping(options, directions)).toThrow(message);
});
