import { dispose, gather, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

const sides = (least: number) => fc.array(fc.integer({ min: least, max: 3 }), { maxLength: 2 });
const sizeOf = (shape: readonly number[]) => shape.reduce((size, length) => size * length, 1);

describeEachBuild('gather', () => {
  it('copies what is named along any axis, of either dtype, in any shape, batch by batch', () => {
    fc.assert(
      fc.property(
        sides(1),
        sides(1),
        fc.integer({ min: 1, max: 6 }),
        sides(0),
        sides(1),
        fc.constantFrom('float32' as const, 'int32' as const),
        fc.boolean(),
        fc.array(fc.nat(), { minLength: 81, maxLength: 81 }),
        (batches, outer, length, named, inner, dtype, isNegative, drawn) => {
          const shape = [...batches, ...outer, length, ...inner];
          const values = randomValues(sizeOf(shape), 1).map((value) =>
            dtype === 'int32' ? Math.round(1e9 * value) : value,
          );
          const ids = drawn.slice(0, sizeOf(batches) * sizeOf(named)).map((id) => id % length);
          const [batch, other, count, slice] = [batches, outer, named, inner].map(sizeOf) as Sizes;
          const expected = range(batch).flatMap((b) =>
            range(other).flatMap((o) =>
              range(count).flatMap((i) => {
                const start = ((b * other + o) * length + ids[b * count + i]!) * slice;
                return Array.from(values.slice(start, start + slice));
              }),
            ),
          );
          tidy(() => {
            const x = tensor(values, shape, dtype);
            const indices = tensor(ids, [...batches, ...named], 'int32');
            const axis = batches.length + outer.length - (isNegative ? shape.length : 0);
            const attributes = { axis, batchDims: batches.length };
            const [y] = runKernel('GatherV2', { x, indices }, attributes) as [Tensor];
            expect(y.shape).toEqual([...batches, ...outer, ...named, ...inner]);
            expect(y.dtype).toBe(dtype);
            expect(Array.from(y.dataSync())).toEqual(expected);
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  it('leaves booleans to TensorFlow.js', () => {
    tidy(() => {
      expect(Array.from(gather(tensor([true, false], [2], 'bool'), [1, 0]).dataSync())).toEqual([0, 1]);
    });
  });

  it.each([-1, 3])('refuses index %d of 3', (index) => {
    const [x, indices] = [tensor([1, 2, 3]), tensor([0, index], [2], 'int32')];
    expect(() => runKernel('GatherV2', { x, indices }, { axis: 0, batchDims: 0 })).toThrow(
      `gather: indices has ${index}; expected whole numbers from 0 to 2.`,
    );
    dispose([x, indices]);
  });
});

type Sizes = [number, number, number, number];

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
