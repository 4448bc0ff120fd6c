import { expectNoLeak } from '@metadistill/testing';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { evaluate } from './evaluate.js';

test('reads tensors, compares with a teacher if there is one, and leaks none', async () => {
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

test('refuses a teacher with other classes, and labels of other examples', async () => {
  const logits = tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
  const labels = tensor1d([0, 1], 'int32');
  const teacherLogits = tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
  await expect(evaluate(logits, { labels, teacherLogits })).rejects.toThrow(
    'evaluate: teacherLogits has shape [3,2]; expected [2,3]',
  );
  await expect(evaluate(logits, { labels: tensor1d([0], 'int32') })).rejects.toThrow(
    'evaluate: labels has shape [1]; expected [2]',
  );
});
