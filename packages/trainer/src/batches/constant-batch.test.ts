import { expectNoLeak } from '@metadistill/testing';
import { scalar } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { constantBatch } from './constant-batch.js';

test('lends the same batch in every iteration, and leaves it to the caller', async () => {
  await expectNoLeak(() => {
    const batch = scalar(1);
    const batches = constantBatch(batch);
    expect([0, 1, 100].map((iteration) => batches.at(iteration))).toEqual([batch, batch, batch]);
    batches.release(batch);
    expect(batch.isDisposed).toBe(false);
    batch.dispose();
  });
});
