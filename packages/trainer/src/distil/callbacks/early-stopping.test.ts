import { callbacks } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { afterEpoch, type EarlyStopping, untried } from './early-stopping.js';
import { resolveEarlyStopping } from './resolve-early-stopping.js';

const course = [0.9, 0.7, 0.7, 0.69, 0.75, 0.6, 0.6, 0.61, 0.62, 0.5];

/** In which epoch a run of these values ends. */
function endsAt(options: EarlyStopping): number {
  const resolved = resolveEarlyStopping(options, []);
  let patience = untried(resolved);
  const end = course.findIndex((value, epoch) => {
    patience = afterEpoch(resolved, patience, { epoch, value });
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
      patience.isOver ? patience : afterEpoch(options, patience, { epoch, value }),
    untried(options),
  );
  expect(last).toEqual({ best: 0.6, bestEpoch: 5, waited: 3, isOver: true });
});
