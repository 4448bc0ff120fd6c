import { expectNoLeak } from '@metadistill/testing';
import { dispose, ones, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeEachBuild } from '../../test/each-build.js';
import { randomValues } from '../../test/random-values.js';
import { runKernel } from '../../test/run-kernel.js';
import { selectBackend } from '../select-backend.js';

const sizes = fc.integer({ min: 1, max: 200 });

function tests(): void {
  it('x + scale·y is exact to one or two roundings', () => {
    fc.assert(
      fc.property(sizes, fc.float({ noNaN: true, min: -4, max: 4 }), (size, scale) => {
        const [x, y] = [randomValues(size, 1), randomValues(size, 2)];
        tidy(() => {
          const [out] = runKernel('MetadistillAxpy', { x: tensor1d(x), y: tensor1d(y) }, { scale });
          for (const [i, value] of (out as Tensor).dataSync().entries()) {
            const [a, b] = [x[i] as number, scale * (y[i] as number)];
            expect(Math.abs(value - (a + b))).toBeLessThanOrEqual(2 ** -23 * (Math.abs(a) + Math.abs(b)));
          }
        });
      }),
    );
  });

  it("relu's gradient passes where the output is above zero and nowhere else", () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const dy = randomValues(size, 1);
        const y = randomValues(size, 2).map((value) => Math.max(0, value));
        tidy(() => {
          const [dx] = runKernel('MetadistillReluGrad', { dy: tensor1d(dy), y: tensor1d(y) });
          const expected = Array.from(dy, (value, i) => ((y[i] as number) > 0 ? value : 0));
          expect(Array.from((dx as Tensor).dataSync())).toEqual(expected);
        });
      }),
    );
  });

  it('leave no tensor behind, and refuse shapes that differ', async () => {
    await expectNoLeak(() => {
      tidy(() => {
        runKernel('MetadistillAxpy', { x: ones([5]), y: ones([5]) }, { scale: 1 });
        runKernel('MetadistillReluGrad', { dy: ones([2, 3]), y: ones([2, 3]) });
      });
    });
    const inputs = { x: ones([3]), y: ones([4]) };
    expect(() => runKernel('MetadistillAxpy', inputs, { scale: 1 })).toThrow(/y has shape \[4\]/);
    dispose(inputs);
  });
}

describeEachBuild('elementwise kernels on wasm', tests);

describe('elementwise kernels on cpu', () => {
  beforeAll(async () => {
    await selectBackend({ prefer: 'cpu' });
  });
  tests();
});
