import { dispose, memory, type Tensor, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { runKernel } from '../../../test/run-kernel.js';

/** Length of an axis, where the slice begins in it, and how much it takes. */
const axis = fc
  .integer({ min: 1, max: 20 })
  .chain((length) => fc.tuple(fc.constant(length), fc.integer({ min: 0, max: length - 1 })))
  .chain(([length, begin]) =>
    fc.tuple(
      fc.constant(length),
      fc.constant(begin),
      fc.oneof(fc.constant(length - begin), fc.integer({ min: 0, max: length - begin })),
    ),
  );

const product = (lengths: readonly number[]) => lengths.reduce((all, length) => all * length, 1);

describeEachBuild('slice', () => {
  it.each(['float32', 'int32', 'bool'] as const)('takes a block of %s', (dtype) => {
    const valueAt = (i: number) => (dtype === 'bool' ? ((i * 7) % 3) & 1 : i);
    fc.assert(
      fc.property(
        fc.array(axis, { minLength: 1, maxLength: 5 }).filter((all) => product(all.map(([n]) => n)) < 3e4),
        (all) => {
          const [shape, begin, size] = [0, 1, 2].map((k) => all.map((each) => each[k]!)) as [
            number[],
            number[],
            number[],
          ];
          tidy(() => {
            const x = tensor(
              Array.from({ length: product(shape) }, (_, i) => valueAt(i)),
              shape,
              dtype,
            );
            const [y] = runKernel('Slice', { x }, { begin, size }) as [Tensor];
            expect([y.shape, y.dtype]).toEqual([size, dtype]);
            const expected = Array.from({ length: product(size) }, (_, flat) => {
              let [source, stride, rest] = [0, 1, flat];
              for (let k = shape.length - 1; k >= 0; k--) {
                source += (begin[k]! + (rest % size[k]!)) * stride;
                stride *= shape[k]!;
                rest = Math.floor(rest / size[k]!);
              }
              return valueAt(source);
            });
            expect(Array.from(y.dataSync())).toEqual(expected);
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  it('reaches to the end of axes by -1 and by what is left out', () => {
    tidy(() => {
      const x = tensor([1, 2, 3, 4, 5, 6], [2, 3]);
      const valuesOf = (attributes: object) =>
        Array.from((runKernel('Slice', { x }, attributes) as [Tensor])[0].dataSync());
      expect(valuesOf({ begin: [0, 1], size: [-1, -1] })).toEqual([2, 3, 5, 6]);
      expect(valuesOf({ begin: 1, size: -1 })).toEqual([4, 5, 6]);
      expect(valuesOf({ begin: [0], size: [1] })).toEqual([1, 2, 3]);
    });
  });

  it('splits into parts, equal or of given lengths, and into the places along an axis', () => {
    tidy(() => {
      const x = tensor(
        Array.from({ length: 24 }, (_, i) => i),
        [2, 4, 3],
      );
      const shapesOf = (parts: readonly Tensor[]) => parts.map(({ shape }) => shape);
      const valuesOf = (parts: readonly Tensor[]) => parts.map((part) => Array.from(part.dataSync()));
      const halves = runKernel('SplitV', { x }, { numOrSizeSplits: 2, axis: 1 }) as Tensor[];
      expect(shapesOf(halves)).toEqual([
        [2, 2, 3],
        [2, 2, 3],
      ]);
      expect(valuesOf(halves)[1]).toEqual([6, 7, 8, 9, 10, 11, 18, 19, 20, 21, 22, 23]);
      const parts = runKernel('SplitV', { x }, { numOrSizeSplits: [1, 2], axis: -1 }) as Tensor[];
      expect(shapesOf(parts)).toEqual([
        [2, 4, 1],
        [2, 4, 2],
      ]);
      expect(valuesOf(parts)[0]).toEqual([0, 3, 6, 9, 12, 15, 18, 21]);
      const places = runKernel('Unpack', { value: x }, { axis: 1 }) as Tensor[];
      expect(shapesOf(places)).toEqual(Array(4).fill([2, 3]));
      expect(valuesOf(places)[2]).toEqual([6, 7, 8, 18, 19, 20]);
    });
  });

  it('refuses what does not lie in the tensor, and makes nothing', () => {
    const x = zeros([2, 3]);
    const before = memory().numTensors;
    for (const [begin, size] of [
      [
        [0, 2],
        [2, 2],
      ],
      [
        [-1, 0],
        [1, 1],
      ],
      [
        [0, 0],
        [3, 1],
      ],
    ]) {
      expect(() => runKernel('Slice', { x }, { begin, size })).toThrow(/slice/i);
    }
    expect(memory().numTensors).toBe(before);
    dispose(x);
  });
});
