import { dispose, mul, ones, tensor1d, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

const flat = (lists: readonly ArrayLike<number>[]) => lists.flatMap((list) => Array.from(list));
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

describeEachBuild('the part of one list that is orthogonal to another', () => {
  it('is that of all tensors together', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(sizes, (lengths) => {
        const lists = [10, 20].map((seed) => lengths.map((length, i) => randomValues(length, seed + i)));
        const [xs, ys] = lists as [Float32Array[], Float32Array[]];
        const [x, y] = [flat(xs), flat(ys)];
        const along = dot(x, y) / dot(y, y);
        tidy(() => {
          const got = runKernel(
            'MetadistillReject',
            [...xs, ...ys].map((each) => tensor1d(each)),
          );
          expect(got.map(({ size }) => size)).toEqual(lengths);
          // The sums round as those of a product of n terms, the rest twice; values are below 4.
          const bound = 2 ** -24 * (x.length + 4) * 16;
          for (const [i, value] of flat(got.map((each) => each.dataSync())).entries()) {
            expect(Math.abs(value - (x[i]! - along * y[i]!))).toBeLessThan(bound);
          }
        });
      }),
      { numRuns: 50 },
    );
  });

  it('is 0 of what is parallel, and where there is no direction to be orthogonal to', () => {
    tidy(() => {
      const x = tensor1d([1, -2, 0.5, 4, 8]);
      const [parallel] = runKernel('MetadistillReject', [x, mul(x, 4)]);
      expect(Array.from(parallel!.dataSync())).toEqual([0, 0, 0, 0, 0]);
      const [none] = runKernel('MetadistillReject', [x, zeros([5])]);
      expect(Array.from(none!.dataSync(), Math.abs)).toEqual([0, 0, 0, 0, 0]);
    });
  });

  it('refuses shapes that differ', () => {
    const inputs = [ones([3]), ones([4])];
    expect(() => runKernel('MetadistillReject', inputs)).toThrow(/y\[0\] has shape \[4\]; expected \[3\]/);
    dispose(inputs);
  });
});
