import { expectNoLeak } from '@metadistill/testing';
import {
  addN,
  dispose,
  mul,
  ones,
  sum,
  type Tensor,
  type Tensor1D,
  tensor1d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/each-build.js';
import { expectRounding } from '../../../test/expect-rounding.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';
import { selectBackend } from '../../select-backend.js';

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

  it('adds up products over pairs of tensors', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 3 }), (lengths) => {
        const [xs, ys] = [1, 2].map((list) =>
          lengths.map((length, i) => randomValues(length, 10 * list + i)),
        );
        const products = (xs as Float32Array[]).flatMap((x, pair) =>
          Array.from(x, (value, i) => value * (ys?.[pair]?.[i] as number)),
        );
        const exact = {
          values: Float64Array.of(products.reduce((sum, product) => sum + product, 0)),
          magnitudes: Float64Array.of(products.reduce((sum, product) => sum + Math.abs(product), 0)),
        };
        tidy(() => {
          const inputs = [...(xs as Float32Array[]), ...(ys as Float32Array[])].map((each) => tensor1d(each));
          const [got] = runKernel('MetadistillDot', inputs) as [Tensor];
          expect(got.shape).toEqual([]);
          expectRounding(got.dataSync(), exact, products.length);
        });
      }),
      { numRuns: 50 },
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
        runKernel('MetadistillCombine', [ones([5]), ones([5])], { xScale: 1, yScales: [1] });
        runKernel('MetadistillReluGrad', { dy: ones([2, 3]), y: ones([2, 3]) });
      });
    });
    const inputs = [ones([3]), ones([4])];
    const combine = (yScales: number[]) => runKernel('MetadistillCombine', inputs, { xScale: 1, yScales });
    expect(() => combine([1])).toThrow(/y\[0\] has shape \[4\]; expected \[3\]/);
    expect(() => runKernel('MetadistillDot', inputs)).toThrow(/y\[0\] has shape \[4\]; expected \[3\]/);
    expect(() => runKernel('MetadistillDot', inputs.slice(1))).toThrow(/inputs has 1 tensors/);
    const equal = [ones([3]), ones([3])];
    const attributes = { xScale: 1, yScales: [1, 1] };
    expect(() => runKernel('MetadistillCombine', equal, attributes)).toThrow(
      /yScales has 2 numbers; expected 1/,
    );
    dispose([...inputs, ...equal]);
  });
}

describeEachBuild('elementwise kernels on wasm', () => {
  tests();

  it('scales a list of tensors, with one rounding each', () => {
    fc.assert(
      fc.property(
        fc.array(sizes, { minLength: 1, maxLength: 3 }),
        fc.float({ noNaN: true }),
        (lengths, factor) => {
          const xs = lengths.map((length, i) => randomValues(length, i));
          tidy(() => {
            const scaled = runKernel(
              'MetadistillScale',
              xs.map((x) => tensor1d(x)),
              { factor },
            );
            const expected = xs.map((x) => Array.from(x, (value) => Math.fround(value * factor)));
            expect(scaled.map((each) => Array.from(each.dataSync()))).toEqual(expected);
          });
        },
      ),
    );
    const x = zeros([2], 'int32');
    expect(() => runKernel('MetadistillScale', [x], { factor: 2 })).toThrow('scale: x[0] is int32');
    x.dispose();
  });
});

describe('elementwise kernels on cpu', () => {
  beforeAll(async () => {
    await selectBackend({ prefer: 'cpu' });
  });
  tests();

  it('round products as mul, sum and addN do, bit for bit', () => {
    tidy(() => {
      const [xs, ys] = [1, 2].map((seed) =>
        [7, 1000].map((size) => tensor1d(randomValues(size, seed + size))),
      );
      const [x, y] = [xs, ys] as [Tensor1D[], Tensor1D[]];
      const expected = addN(x.map((each, i) => sum(mul(each, y[i] as Tensor1D))));
      const [got] = runKernel('MetadistillDot', [...x, ...y]) as [Tensor];
      expect(Array.from(got.dataSync())).toEqual(Array.from(expected.dataSync()));
    });
  });
});
