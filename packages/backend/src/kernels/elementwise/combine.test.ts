import { dispose, ones, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeCpu, describeEachBuild } from '../../../test/describe-backends.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

function tests(): void {
  it('combines tensors pair by pair, exactly to two or three roundings', () => {
    const sizes = fc.integer({ min: 1, max: 200 });
    const scale = fc.float({ noNaN: true, min: -4, max: 4 });
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
              const a = xScale * xs[pair]![i]!;
              const b = yScales[pair]! * ys[pair]![i]!;
              // A rounding of each product and one of the sum, u = 2⁻²⁴ of |a| + |b| each, and one of a denormal.
              const bound = 3 * 2 ** -24 * (Math.abs(a) + Math.abs(b)) + 2 ** -126;
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

  it('refuses shapes that differ and a missing factor', () => {
    const inputs = [ones([3]), ones([4])];
    const combine = () => runKernel('MetadistillCombine', inputs, { xScale: 1, yScales: [1] });
    expect(combine).toThrow(/y\[0\] has shape \[4\]; expected \[3\]/);
    const equal = [ones([3]), ones([3])];
    const attributes = { xScale: 1, yScales: [1, 1] };
    expect(() => runKernel('MetadistillCombine', equal, attributes)).toThrow(
      /yScales is \[1, 1\]; expected a list of 1/,
    );
    dispose([...inputs, ...equal]);
  });
}

describeEachBuild('combining tensors', tests);
describeCpu('combining tensors', tests);
