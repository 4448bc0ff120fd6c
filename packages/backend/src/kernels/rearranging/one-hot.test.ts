import { oneHot, tensor, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';

describeEachBuild('oneHot', () => {
  it.each(['float32', 'int32'] as const)('of %s holds numbers of that dtype', (dtype) => {
    tidy(() => {
      const rows = oneHot(
        tensor(
          [
            [2, 0],
            [1, 3],
          ],
          [2, 2],
          'int32',
        ),
        3,
        5,
        -1,
        dtype,
      );
      expect(rows.dtype).toBe(dtype);
      expect(rows.shape).toEqual([2, 2, 3]);
      // An index of 3 names none of the three.
      expect(Array.from(rows.dataSync())).toEqual([-1, -1, 5, 5, -1, -1, -1, 5, -1, -1, -1, -1]);
    });
  });

  it('of nothing is nothing', () => {
    tidy(() => {
      expect(oneHot(tensor([], [0], 'int32'), 3, 1, 0, 'float32').shape).toEqual([0, 3]);
    });
  });
});
