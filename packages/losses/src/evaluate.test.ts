import { expectNoLeak } from '@metadistill/testing';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { evaluate } from './evaluate.js';

test('reads tensors, compares with a teacher where there is one, and leaks none', async () => {
  const logits = tensor2d([
    [2, 1],
    [0, 1],
  ]);
  const labels = tensor1d([0, 0], 'int32');
  const teacherLogits = tensor2d([
    [1, 0],
    [1, 0],
  ]);
  await expectNoLeak(async () => {
    const alone = await evaluate(logits, { labels });
    expect(alone.accuracy).toBe(0.5);
    expect(alone.teacherAgreement).toBeUndefined();
    expect((await evaluate(logits, { labels, teacherLogits })).teacherAgreement).toBe(0.5);
  });
});
