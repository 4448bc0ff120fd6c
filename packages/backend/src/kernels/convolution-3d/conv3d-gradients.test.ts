import { conv3d, dispose, type Tensor, tensor5d, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { expectRounding } from '../../../test/expect-rounding.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

type Shape5D = [number, number, number, number, number];

const three = (min: number, max: number) => {
  const number = fc.integer({ min, max });
  return fc.tuple(number, number, number);
};
const sizeOf = (shape: readonly number[]) => shape.reduce((size, length) => size * length, 1);

/** Calls `visit` with the indices in x, filter and y of every product of a convolution. */
function forEachProduct(
  x: readonly number[],
  filter: readonly number[],
  y: readonly number[],
  strides: readonly number[],
  visit: (x: number, filter: number, y: number) => void,
  before: readonly number[],
): void {
  const index = (at: readonly number[], shape: readonly number[]) =>
    at.reduce((flat, position, axis) => flat * shape[axis]! + position, 0);
  const positions = (shape: readonly number[]) =>
    Array.from({ length: sizeOf(shape) }, (_, flat) => {
      const at: number[] = [];
      let rest = flat;
      for (const length of [...shape].reverse()) {
        at.unshift(rest % length);
        rest = Math.floor(rest / length);
      }
      return at;
    });
  for (const output of positions(y)) {
    for (const tap of positions(filter)) {
      if (tap[4] !== output[4]) continue;
      const pixel = [0, 1, 2].map((axis) => output[axis + 1]! * strides[axis]! - before[axis]! + tap[axis]!);
      if (pixel.some((at, axis) => at < 0 || at >= x[axis + 1]!)) continue;
      visit(index([output[0]!, ...pixel, tap[3]!], x), index(tap, filter), index(output, y));
    }
  }
}

describeEachBuild('convolutions in three dimensions', () => {
  it('have the gradients of their definition', () => {
    fc.assert(
      fc.property(
        three(1, 5),
        three(1, 3),
        three(1, 3),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom('same' as const, 'valid' as const),
        (sides, kernel, strides, inputs, outputs, pad) => {
          fc.pre(pad === 'same' || sides.every((side, axis) => side >= kernel[axis]!));
          // TensorFlow.js places `same` windows elsewhere than TensorFlow if the stride is above their size.
          fc.pre(strides.every((stride, axis) => stride <= kernel[axis]!));
          const counts = sides.map((side, axis) =>
            Math.ceil((pad === 'same' ? side : side - kernel[axis]! + 1) / strides[axis]!),
          );
          const before = sides.map((side, axis) =>
            pad === 'same'
              ? Math.floor(Math.max(0, (counts[axis]! - 1) * strides[axis]! + kernel[axis]! - side) / 2)
              : 0,
          );
          const xShape: Shape5D = [2, ...sides, inputs];
          const filterShape: Shape5D = [...kernel, inputs, outputs];
          const yShape = [2, ...counts, outputs] as Shape5D;
          const [x, filter, dy] = [xShape, filterShape, yShape].map((shape, i) =>
            randomValues(sizeOf(shape), i + 1),
          );
          const zerosOf = (shape: readonly number[]) => ({
            values: new Float64Array(sizeOf(shape)),
            magnitudes: new Float64Array(sizeOf(shape)),
          });
          const [dx, dFilter, y] = [zerosOf(xShape), zerosOf(filterShape), zerosOf(yShape)];
          const add = (sums: ReturnType<typeof zerosOf>, at: number, product: number) => {
            sums.values[at]! += product;
            sums.magnitudes[at]! += Math.abs(product);
          };
          forEachProduct(
            xShape,
            filterShape,
            yShape,
            strides,
            (ix, iFilter, iy) => {
              add(dx, ix, dy![iy]! * filter![iFilter]!);
              add(dFilter, iFilter, dy![iy]! * x![ix]!);
              add(y, iy, x![ix]! * filter![iFilter]!);
            },
            before,
          );
          tidy(() => {
            const tensors = {
              x: tensor5d(x!, xShape),
              filter: tensor5d(filter!, filterShape),
              dy: tensor5d(dy!, yShape),
            };
            const products = 27 * inputs * outputs * 2;
            expectRounding(conv3d(tensors.x, tensors.filter, strides, pad).dataSync(), y, products);
            const byInput = { strides, pad, inputShape: xShape };
            const [inputGradient] = runKernel('Conv3DBackpropInputV2', tensors, byInput) as [Tensor];
            expectRounding(inputGradient.dataSync(), dx, products);
            const byFilter = { strides, pad, filterShape };
            const [filterGradient] = runKernel('Conv3DBackpropFilterV2', tensors, byFilter) as [Tensor];
            expectRounding(filterGradient.dataSync(), dFilter, products * sizeOf(sides));
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('refuse a cotangent of another shape', () => {
    const inputs = { dy: zeros([1, 2, 2, 2, 3]), filter: zeros([2, 2, 2, 2, 3]) };
    const attributes = { strides: 1, pad: 'valid', inputShape: [1, 4, 4, 4, 2] };
    expect(() => runKernel('Conv3DBackpropInputV2', inputs, attributes)).toThrow(/dy has shape/);
    dispose(inputs);
  });
});
