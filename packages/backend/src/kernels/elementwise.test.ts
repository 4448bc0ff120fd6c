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
  const scale = fc.float({ noNaN: true, min: -4, max: 4 });

  it('combines tensors pair by pair, exactly to two or three roundings', () => {
    const pairs = fc.array(fc.record({ size: sizes, yScale: scale }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(scale, pairs, (xScale, of) => {
        const values = [1, 2].map((list) => of.map(({ size }, i) => randomValues(size, 10 * list + i)));
        const [xs, ys] = values as [Float32Array[], Float32Array[]];
        const yScales = of.map(({ yScale }) => yScale);
        tidy(() => {
          const inputs = [...xs, ...ys].map((each) => tensor1d(each));
          const outputs = runKernel('MetadistillCombine', inputs, { xScale, yScales });
          expect(outputs.length).toBe(of.length);
          outputs.forEach((output, pair) => {
            expect(output.size).toBe(of[pair]?.size);
            for (const [i, value] of output.dataSync().entries()) {
              const a = xScale * (xs[pair]?.[i] as number);
              const b = (yScales[pair] as number) * (ys[pair]?.[i] as number);
              const bound = 1.5 * 2 ** -23 * (Math.abs(a) + Math.abs(b)) + 2 ** -126;
              expect(Math.abs(value - (a + b))).toBeLessThanOrEqual(bound);
            }
          });
        });
      }),
    );
  });

  it('adds a multiple to a tensor itself in one or two roundings', () => {
    tidy(() => {
      const inputs = [tensor1d([1, 2 ** 24, 0.1]), tensor1d([2, 3, 4])];
      const [sum] = runKernel('MetadistillCombine', inputs, { xScale: 1, yScales: [0.5] });
      expect(Array.from((sum as Tensor).dataSync())).toEqual([2, 2 ** 24 + 2, Math.fround(2.1)]);
    });
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
        runKernel('MetadistillCombine', [ones([5]), ones([5])], { xScale: 1, yScales: [1] });
        runKernel('MetadistillReluGrad', { dy: ones([2, 3]), y: ones([2, 3]) });
      });
    });
    const inputs = [ones([3]), ones([4])];
    const combine = (yScales: number[]) => runKernel('MetadistillCombine', inputs, { xScale: 1, yScales });
    expect(() => combine([1])).toThrow(/y\[0\] has shape \[4\]; expected \[3\]/);
    expect(() => combine([1, 1])).toThrow(/inputs has 2 tensors; expected 4/);
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
