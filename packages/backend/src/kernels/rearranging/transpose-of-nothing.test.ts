import { type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { runKernel } from '../../../test/run-kernel.js';

describeEachBuild('transpose of nothing', () => {
  it('has the shape of the permutation', () => {
    tidy(() => {
      const x = zeros([2, 0, 3], 'int32');
      const [y] = runKernel('Transpose', { x }, { perm: [2, 0, 1] }) as [Tensor];
      expect([y.shape, y.dtype, y.dataSync().length]).toEqual([[3, 2, 0], 'int32', 0]);
    });
  });

  it('refuses what is no permutation of the axes', () => {
    for (const x of [zeros([2, 0]), zeros([2, 3])]) {
      for (const perm of [[0], [0, 0], [0, 2], [0, 1, 2], [0.5, 1], 'ab']) {
        expect(() => runKernel('Transpose', { x }, { perm })).toThrow(
          /transpose: perm is .* expected each axis/,
        );
      }
      x.dispose();
    }
  });
});
