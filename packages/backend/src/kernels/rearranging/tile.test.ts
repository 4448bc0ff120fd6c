import { dispose, ones, type Tensor, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { runKernel } from '../../../test/run-kernel.js';

const axes = fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 4 })), {
  minLength: 1,
  maxLength: 5,
});

describeEachBuild('tile', () => {
  it.each(['float32', 'int32', 'bool'] as const)('repeats %s values along every axis', (dtype) => {
    fc.assert(
      fc.property(
        axes.filter(
          (all) => all.reduce((size, [length, repeats]) => size * length * (repeats || 1), 1) < 3e4,
        ),
        (all) => {
          const shape = all.map(([length]) => length);
          const reps = all.map(([, repeats]) => repeats);
          const size = shape.reduce((product, length) => product * length);
          const values = Array.from({ length: size }, (_, i) => (dtype === 'bool' ? ((i * 7) % 3) & 1 : i));
          tidy(() => {
            const [y] = runKernel('Tile', { x: tensor(values, shape, dtype) }, { reps }) as [Tensor];
            const outputShape = shape.map((length, axis) => length * reps[axis]!);
            expect(y.shape).toEqual(outputShape);
            expect(y.dtype).toBe(dtype);
            const expected = Array.from(
              { length: outputShape.reduce((product, length) => product * length) },
              (_, flat) => values[sourceOf(flat, shape, outputShape)],
            );
            expect(Array.from(y.dataSync())).toEqual(expected);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('returns a copy where nothing repeats, and a scalar', () => {
    tidy(() => {
      const [y] = runKernel('Tile', { x: ones([2, 3]) }, { reps: [1, 1] }) as [Tensor];
      expect(Array.from(y.dataSync())).toEqual([1, 1, 1, 1, 1, 1]);
      const [z] = runKernel('Tile', { x: tensor(5) }, { reps: [] }) as [Tensor];
      expect(z.dataSync()[0]).toBe(5);
    });
  });

  it('refuses repetitions that do not fit the axes', () => {
    const x = zeros([2, 3]);
    expect(() => runKernel('Tile', { x }, { reps: [2] })).toThrow(/reps is \[2\]; expected one whole number/);
    expect(() => runKernel('Tile', { x }, { reps: [2, -1] })).toThrow(/reps is \[2, -1\]/);
    dispose(x);
  });
});

/** The index into x of a value of the tiled tensor. */
function sourceOf(flat: number, shape: readonly number[], outputShape: readonly number[]): number {
  let [source, stride, rest] = [0, 1, flat];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    source += ((rest % outputShape[axis]!) % shape[axis]!) * stride;
    stride *= shape[axis]!;
    rest = Math.floor(rest / outputShape[axis]!);
  }
  return source;
}
