import { dispose, ones, type Tensor, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { expectRounding } from '../../../test/expect-rounding.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

describeEachBuild('centred sums', () => {
  it('are Σ dy and Σ dy · (x − mean), for any number of channels', () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 33 }));
    fc.assert(
      fc.property(sizes, ([rows, channels]) => {
        const [x, dy] = [1, 2].map((seed) => randomValues(rows * channels, seed)) as [
          Float32Array,
          Float32Array,
        ];
        const mean = randomValues(channels, 3);
        const empty = () => ({ values: new Float64Array(channels), magnitudes: new Float64Array(channels) });
        const [sums, products] = [empty(), empty()];
        for (const [i, g] of dy.entries()) {
          const c = i % channels;
          sums.values[c]! += g;
          sums.magnitudes[c]! += Math.abs(g);
          products.values[c]! += g * (x[i]! - mean[c]!);
          products.magnitudes[c]! += Math.abs(g) * (Math.abs(x[i]!) + Math.abs(mean[c]!));
        }
        tidy(() => {
          const shape = [rows, channels];
          const inputs = { x: tensor(x, shape), dy: tensor(dy, shape), mean: tensor(mean) };
          const [sum, product] = runKernel('MetadistillCentredSums', inputs) as [Tensor, Tensor];
          expectRounding(sum.dataSync(), sums, rows);
          // One rounding more per term: the difference.
          expectRounding(product.dataSync(), products, rows + 1);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('refuse shapes that do not fit, and no values', () => {
    const run = (x: Tensor, dy: Tensor, mean: Tensor) => () => {
      try {
        runKernel('MetadistillCentredSums', { x, dy, mean });
      } finally {
        dispose([x, dy, mean]);
      }
    };
    expect(run(ones([2, 3]), ones([3, 2]), ones([3]))).toThrow(/dy has shape \[3, 2\]; expected \[2, 3\]/);
    expect(run(ones([2, 3]), ones([2, 3]), ones([2]))).toThrow(/mean has shape \[2\]; expected \[3\]/);
    expect(run(zeros([0, 3]), zeros([0, 3]), ones([3]))).toThrow(/not empty/);
  });
});
