import { expectNoLeak } from '@metadistill/testing';
import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { cacheTeacher, type TeacherBatch, teacherCache } from './teacher-cache.js';

const stored = { logits: Float32Array.of(0, 1, 10, 11, 20, 21), classes: 2, fingerprint: 'abc' };
const rowsOf = (tensor: Tensor2D) => {
  const rows = tensor.arraySync();
  tensor.dispose();
  return rows;
};

test('finds the rows of shuffled examples', async () => {
  await expectNoLeak(() => {
    expect(rowsOf(teacherCache(stored).at([2, 0]))).toEqual([
      [20, 21],
      [0, 1],
    ]);
  });
});

test('refuses another fingerprint, broken logits and examples that it does not have', () => {
  expect(() => teacherCache(stored, 'def')).toThrow(
    'fingerprint is abc; expected def. The logits are of another',
  );
  expect(() => teacherCache({ ...stored, logits: Float32Array.of(1, Number.NaN) })).toThrow(
    'logits[0][1] is NaN',
  );
  expect(() => teacherCache(stored).at([3])).toThrow('index is 3; expected an integer from 0 to 2');
});

test('collects batches in any order and disposes of their logits', async () => {
  await expectNoLeak(async () => {
    const batches: TeacherBatch[] = [
      { indices: [2], logits: tensor2d([[20, 21]]) },
      { indices: Int32Array.of(1, 0), logits: tensor2d([10, 11, 0, 1], [2, 2]) },
    ];
    const cache = await cacheTeacher(batches, { examples: 3, classes: 2, fingerprint: 'abc' });
    expect(cache.logits).toEqual(stored.logits);
  });
});

test('refuses examples that come twice or never, and logits of other classes', async () => {
  const options = { examples: 2, classes: 2, fingerprint: 'abc' };
  const batch = (indices: number[], ...values: number[]) => ({
    indices,
    logits: tensor2d(values, [indices.length, values.length / indices.length]),
  });
  await expect(cacheTeacher([batch([0], 1, 2), batch([0], 1, 2)], options)).rejects.toThrow(
    'example 0 came twice',
  );
  await expect(cacheTeacher([batch([0], 1, 2)], options)).rejects.toThrow('example 1 never came');
  await expect(cacheTeacher([batch([0], 1, 2, 3)], options)).rejects.toThrow('shape [1,3]; expected [1, 2]');
});
