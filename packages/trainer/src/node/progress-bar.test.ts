import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { DistilCallback } from '../distil/callbacks/types.js';
import { progressBar } from './progress-bar.js';

/** What a run of two epochs of three batches writes. */
async function written(isTTY: boolean): Promise<string> {
  const stream = Object.assign(new PassThrough(), { isTTY, cursorTo() {}, clearLine() {}, moveCursor() {} });
  const bar: DistilCallback = progressBar({ stream });
  bar.setParams?.({ epochs: 2, steps: 3 } as never);
  for (const epoch of [0, 1]) {
    await bar.onEpochBegin?.(epoch, {});
    for (const batch of [0, 1, 2]) await bar.onBatchEnd?.(batch, { loss: 1 });
    await bar.onEpochEnd?.(epoch, { loss: 1 / (epoch + 1), val_acc: 0.123456 });
  }
  await bar.onTrainEnd?.({});
  stream.end();
  return (await stream.toArray()).join('');
}

test('draws a bar on a terminal', async () => {
  const text = await written(true);
  expect(text).toContain('] 0%');
  expect(text).toContain('] 100%');
  expect(text).toContain('epoch 2/2 loss 0.5000, val_acc 0.1235');
});

test('writes a line per epoch elsewhere', async () => {
  expect(await written(false)).toBe(
    'epoch 1/2: loss 1.000, val_acc 0.1235\nepoch 2/2: loss 0.5000, val_acc 0.1235\n',
  );
});

test('what is no stream is refused', () => {
  expect(() => progressBar({ stream: 'stderr' as never })).toThrow(
    "progressBar: stream is 'stderr'; expected a writable stream. Pass process.stdout.",
  );
  expect(() => progressBar({ steam: process.stderr } as never)).toThrow("did you mean 'stream'?");
});
