import { dispose, ones, type Tensor, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { expectRounding } from '../../../test/expect-rounding.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

const dimension = fc.integer({ min: 1, max: 9 });
const shapes = fc.tuple(dimension, dimension, dimension, fc.integer({ min: 1, max: 33 }));

describeEachBuild('global average pool', () => {
  it('is the mean over pixels, and its gradient an even share', () => {
    fc.assert(
      fc.property(shapes, ([batch, height, width, channels]) => {
        const pixels = height * width;
        const x = randomValues(batch * pixels * channels, 1);
        const dy = randomValues(batch * channels, 2);
        const means = new Float64Array(batch * channels);
        const magnitudes = new Float64Array(batch * channels);
        const shares = new Float64Array(x.length);
        for (const [i, value] of x.entries()) {
          const to = Math.floor(i / (pixels * channels)) * channels + (i % channels);
          means[to]! += value / pixels;
          magnitudes[to]! += Math.abs(value) / pixels;
          shares[i] = dy[to]! / pixels;
        }
        tidy(() => {
          const inputShape = [batch, height, width, channels];
          const [y] = runKernel('MetadistillGlobalAveragePool', { x: tensor(x, inputShape) }) as [Tensor];
          expect(y.shape).toEqual([batch, channels]);
          expectRounding(y.dataSync(), { values: means, magnitudes }, pixels);
          const cotangent = { dy: tensor(dy, [batch, channels]) };
          const [dx] = runKernel('MetadistillGlobalAveragePoolGrad', cotangent, { inputShape }) as [Tensor];
          // One product with the rounded 1 / pixels.
          expectRounding(dx.dataSync(), { values: shares, magnitudes: shares.map(Math.abs) }, 1);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('refuses an empty image and a cotangent of another shape', () => {
    const x = zeros([1, 0, 2, 3]);
    expect(() => runKernel('MetadistillGlobalAveragePool', { x })).toThrow(/not empty/);
    const dy = ones([2, 3]);
    const attributes = { inputShape: [2, 4, 4, 8] };
    expect(() => runKernel('MetadistillGlobalAveragePoolGrad', { dy }, attributes)).toThrow(/dy has shape/);
    dispose([x, dy]);
  });
});
