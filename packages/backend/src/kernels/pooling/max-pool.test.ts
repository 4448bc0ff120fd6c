import { dispose, ones, type Tensor, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { randomValues } from '../../../test/random-values.js';
import { type PoolingCase, poolingWindows } from '../../../test/reference-pooling.js';
import { runKernel } from '../../../test/run-kernel.js';

type Case = PoolingCase & { readonly seed: number };

const few = fc.integer({ min: 1, max: 3 });
const side = fc.integer({ min: 1, max: 9 });

/** Images, whose depth is 1, and volumes. */
const cases: fc.Arbitrary<Case> = fc.constantFrom(fc.constant(1), few).chain((depth) =>
  fc
    .record({
      batch: few,
      shape: fc.tuple(depth, side, side),
      channels: fc.integer({ min: 1, max: 33 }),
      size: fc.tuple(depth, few, few),
      strides: fc.tuple(depth, few, few),
      pad: fc.constantFrom('valid' as const, 'same' as const),
      seed: fc.integer({ min: 0, max: 2 ** 31 }),
    })
    .filter((test) => poolingWindows(test) !== undefined),
);

/** The call of a kernel, and what it is to give: for each output where in x the first largest value of its window is. */
function expectedOf(test: Case) {
  const { shape: pooled, windows } = poolingWindows(test)!;
  // A volume of one plane is given as an image, half the time.
  const first = test.shape[0] === 1 && test.size[0] === 1 && test.seed % 2 === 0 ? 1 : 0;
  const x = inputOf(test);
  return {
    x,
    winners: windows.map((window) => window.reduce((best, at) => (x[at]! > x[best]! ? at : best))),
    inputShape: [test.batch, ...test.shape.slice(first), test.channels],
    outputShape: [test.batch, ...pooled.slice(1 + first)],
    attributes: { filterSize: test.size.slice(first), strides: test.strides.slice(first), pad: test.pad },
  };
}

/** Few distinct values, so that ties are common; many windows are negative throughout. */
const inputOf = ({ batch, shape, channels, seed }: Case) =>
  randomValues(
    shape.reduce((a, b) => a * b, batch * channels),
    seed,
  ).map((value) => Math.round(2 * value) - 1);

describeEachBuild('max pool', () => {
  it('takes the first maximum of each window, scatters a cotangent to it and gathers a tangent from it', () => {
    fc.assert(
      fc.property(cases, (test) => {
        const { x, winners, inputShape, outputShape, attributes } = expectedOf(test);
        // Whole numbers: sums over overlapping windows are exact. Adding 0 makes -0 a 0.
        const dy = randomValues(winners.length, 4).map((value) => Math.round(10 * value) + 0);
        const dx = randomValues(x.length, 5);
        const scattered = new Float32Array(x.length);
        for (const [i, at] of winners.entries()) scattered[at]! += dy[i]!;
        tidy(() => {
          const inputs = { x: tensor(x, inputShape) };
          const [y, argmax] = runKernel('MetadistillMaxPoolWithArgmax', inputs, attributes) as [
            Tensor,
            Tensor,
          ];
          expect(y.shape).toEqual(outputShape);
          expect(Array.from(y.dataSync())).toEqual(winners.map((at) => x[at]));
          const cotangent = { dy: tensor(dy, outputShape), argmax };
          const [gradient] = runKernel('MetadistillMaxPoolScatter', cotangent, { ...attributes, inputShape });
          expect(Array.from(gradient!.dataSync())).toEqual(Array.from(scattered));
          const moved = { dx: tensor(dx, inputShape), argmax };
          const [tangent] = runKernel('MetadistillMaxPoolGather', moved, attributes);
          expect(Array.from(tangent!.dataSync())).toEqual(winners.map((at) => dx[at]));
        });
      }),
      { numRuns: 120 },
    );
  });

  it('lets a NaN win, so that it is seen', () => {
    tidy(() => {
      const x = tensor([1, 2, Number.NaN, 3, 4, 4, 4, 4], [1, 2, 4, 1]);
      const [y] = runKernel(
        'MetadistillMaxPoolWithArgmax',
        { x },
        { filterSize: 2, strides: 2, pad: 'valid' },
      );
      expect(Array.from((y as Tensor).dataSync())).toEqual([4, Number.NaN]);
    });
  });

  it('refuses a window larger than the image and an argmax of another shape', () => {
    const x = ones([1, 2, 4, 1]);
    const large = { filterSize: 3, strides: 3, pad: 'valid' };
    expect(() => runKernel('MetadistillMaxPoolWithArgmax', { x }, large)).toThrow(
      /3 × 3 with this padding does not meet the images of \[1, 2, 4, 1\]/,
    );
    const argmax = zeros([1, 2, 2, 1], 'int32');
    expect(() =>
      runKernel('MetadistillMaxPoolGather', { dx: x, argmax }, { filterSize: 2, strides: 2, pad: 'valid' }),
    ).toThrow(/argmax has shape/);
    dispose([x, argmax]);
  });
});
