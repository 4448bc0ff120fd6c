import { addN, dispose, mul, ones, sum, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeCpu, describeEachBuild } from '../../../test/describe-backends.js';
import { expectRounding } from '../../../test/expect-rounding.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

function tests(): void {
  it('adds up products over pairs of tensors', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(sizes, (lengths) => {
        const xs = lengths.map((length, i) => randomValues(length, 10 + i));
        const ys = lengths.map((length, i) => randomValues(length, 20 + i));
        const products = xs.flatMap((x, pair) => Array.from(x, (value, i) => value * ys[pair]![i]!));
        const exact = {
          values: Float64Array.of(products.reduce((total, product) => total + product, 0)),
          magnitudes: Float64Array.of(products.reduce((total, product) => total + Math.abs(product), 0)),
        };
        tidy(() => {
          const [got] = runKernel(
            'MetadistillDot',
            [...xs, ...ys].map((each) => tensor1d(each)),
          ) as [Tensor];
          expect(got.shape).toEqual([]);
          expectRounding(got.dataSync(), exact, products.length);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('refuses shapes that differ and a tensor without a partner', () => {
    const inputs = [ones([3]), ones([4])];
    expect(() => runKernel('MetadistillDot', inputs)).toThrow(/y\[0\] has shape \[4\]; expected \[3\]/);
    expect(() => runKernel('MetadistillDot', inputs.slice(1))).toThrow(/inputs has 1 tensors/);
    dispose(inputs);
  });
}

describeEachBuild('dot products', tests);
describeCpu('dot products', () => {
  tests();

  it('round products as mul, sum and addN do, bit for bit', () => {
    tidy(() => {
      const [xs, ys] = [1, 2].map((seed) =>
        [7, 1000].map((size) => tensor1d(randomValues(size, seed + size))),
      );
      const expected = addN(xs!.map((x, i) => sum(mul(x, ys![i]!))));
      const [got] = runKernel('MetadistillDot', [...xs!, ...ys!]) as [Tensor];
      expect(Array.from(got.dataSync())).toEqual(Array.from(expected.dataSync()));
    });
  });
});
