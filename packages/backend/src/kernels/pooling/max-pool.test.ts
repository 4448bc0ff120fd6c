import { dispose, ones, type Tensor, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

interface Case {
  readonly shape: readonly [batch: number, height: number, width: number, channels: number];
  readonly size: number;
  readonly stride: number;
  readonly seed: number;
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    shape: fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 33 }),
    ),
    size: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 3 }),
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
  })
  .filter(({ shape, size }) => shape[1] >= size && shape[2] >= size);

/** For each output: where its window's candidates are in x, in row-major order. */
function windowsOf({ shape: [batch, height, width, channels], size, stride }: Case): number[][] {
  const windows: number[][] = [];
  for (let n = 0; n < batch; n++) {
    for (let y = 0; y + size <= height; y += stride) {
      for (let x = 0; x + size <= width; x += stride) {
        for (let c = 0; c < channels; c++) {
          const at = (k: number) =>
            ((n * height + y + Math.floor(k / size)) * width + x + (k % size)) * channels + c;
          windows.push(Array.from({ length: size * size }, (_, k) => at(k)));
        }
      }
    }
  }
  return windows;
}

/** Few distinct values, so that ties are common; many windows are negative throughout. */
const inputOf = ({ shape, seed }: Case) =>
  randomValues(
    shape.reduce((a, b) => a * b),
    seed,
  ).map((value) => Math.round(2 * value) - 1);

function winners(test: Case, x: Float32Array): number[] {
  return windowsOf(test).map((window) => {
    const values = window.map((i) => x[i] as number);
    return values.indexOf(Math.max(...values));
  });
}

describeEachBuild('max pool', () => {
  it('takes the first maximum of each window, negative windows and ties included', () => {
    fc.assert(
      fc.property(cases, (test) => {
        const x = inputOf(test);
        const expected = winners(test, x);
        tidy(() => {
          const [y, argmax] = runKernel(
            'MetadistillMaxPoolWithArgmax',
            { x: tensor(x, [...test.shape]) },
            test,
          );
          expect(Array.from((argmax as Tensor).dataSync())).toEqual(expected);
          const values = windowsOf(test).map((window, i) => x[window[expected[i] as number] as number]);
          expect(Array.from((y as Tensor).dataSync())).toEqual(values);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('scatters a cotangent to the winners and gathers a tangent from them', () => {
    fc.assert(
      fc.property(cases, (test) => {
        const x = inputOf(test);
        const inputShape = [...test.shape];
        const expected = winners(test, x);
        const places = windowsOf(test).map((window, i) => window[expected[i] as number] as number);
        // Whole numbers: sums over overlapping windows are exact. Adding 0 makes -0 a 0.
        const dy = randomValues(places.length, 4).map((value) => Math.round(10 * value) + 0);
        const dx = randomValues(x.length, 5);
        const scattered = new Float32Array(x.length);
        for (const [i, place] of places.entries())
          scattered[place] = (scattered[place] as number) + (dy[i] as number);
        tidy(() => {
          const [y, argmax] = runKernel(
            'MetadistillMaxPoolWithArgmax',
            { x: tensor(x, inputShape) },
            test,
          ) as [Tensor, Tensor];
          const cotangent = { dy: tensor(dy, y.shape), argmax };
          const [gradient] = runKernel('MetadistillMaxPoolScatter', cotangent, { ...test, inputShape });
          expect(Array.from((gradient as Tensor).dataSync())).toEqual(Array.from(scattered));
          const [tangent] = runKernel(
            'MetadistillMaxPoolGather',
            { dx: tensor(dx, inputShape), argmax },
            test,
          );
          expect(Array.from((tangent as Tensor).dataSync())).toEqual(places.map((place) => dx[place]));
        });
      }),
      { numRuns: 60 },
    );
  });

  it('lets a NaN win, so that it is seen', () => {
    tidy(() => {
      const x = tensor([1, 2, Number.NaN, 3, 4, 4, 4, 4], [1, 2, 4, 1]);
      const [y] = runKernel('MetadistillMaxPoolWithArgmax', { x }, { size: 2, stride: 2 });
      expect(Array.from((y as Tensor).dataSync())).toEqual([4, Number.NaN]);
    });
  });

  it('refuses a window larger than the image and an argmax of another shape', () => {
    const x = ones([1, 2, 4, 1]);
    expect(() => runKernel('MetadistillMaxPoolWithArgmax', { x }, { size: 3, stride: 3 })).toThrow(
      /3 × 3 does not fit the images of \[1, 2, 4, 1\]/,
    );
    expect(() => runKernel('MetadistillMaxPoolWithArgmax', { x }, { size: 2, stride: 0 })).toThrow(
      /stride is 0/,
    );
    const argmax = zeros([1, 2, 2, 1], 'int32');
    expect(() => runKernel('MetadistillMaxPoolGather', { dx: x, argmax }, { size: 2, stride: 2 })).toThrow(
      /argmax has shape/,
    );
    dispose([x, argmax]);
  });
});
