import { cast, greater, stridedSlice, type Tensor, tensor, tensor1d } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';

const numbers = Array.from({ length: 60 }, (_, i) => i);

describeEachBuild('stridedSlice', () => {
  const values = (y: Tensor) => [y.dtype, y.shape, Array.from(y.dataSync())];

  it('keeps the dtype', () => {
    const x = tensor1d(numbers.slice(0, 6), 'int32');
    expect(values(stridedSlice(x, [1], [5], [2]))).toEqual(['int32', [2], [1, 3]]);
    expect(values(stridedSlice(cast(x, 'float32'), [-1], [0], [-2]))).toEqual(['float32', [3], [5, 3, 1]]);
    expect(values(stridedSlice(greater(x, 2), [0], [6], [2]))).toEqual(['bool', [3], [0, 0, 1]]);
  });

  it('drops, adds and skips axes', () => {
    const x = tensor(numbers, [3, 4, 5]);
    const whole = [
      [0, 0, 0],
      [3, 4, 5],
      [1, 2, 1],
    ] as const;
    const slice = (masks: number[], [begin, end, strides] = whole as unknown as number[][]) =>
      values(stridedSlice(x, begin!, end!, strides!, ...(masks as [])));
    expect(slice([0, 0, 0, 0, 1])).toEqual(['float32', [2, 5], [0, 1, 2, 3, 4, 10, 11, 12, 13, 14]]);
    expect(slice([0, 0, 0, 0, 4])).toEqual(['float32', [3, 2], [0, 10, 20, 30, 40, 50]]);
    expect(
      slice(
        [0, 0, 0, 2],
        [
          [1, 0, 0],
          [3, 4, 2],
          [2, 2, 3],
        ],
      ),
    ).toEqual(['float32', [1, 1, 1, 5], [20, 21, 22, 23, 24]]);
    expect(
      slice(
        [0, 0, 1],
        [
          [0, 0],
          [3, 5],
          [2, 2],
        ],
      ),
    ).toEqual([
      'float32',
      [3, 4, 3],
      Array.from({ length: 12 }, (_, row) => [5 * row, 5 * row + 2, 5 * row + 4]).flat(),
    ]);
    expect(values(stridedSlice(x, [0, 1], [3, 1], [1, 2]))).toEqual(['float32', [3, 0, 5], []]);
    expect(values(stridedSlice(tensor1d([7]), [0], [1], [3], 0, 0, 0, 0, 1))).toEqual(['float32', [], [7]]);
  });

  it('refuses lists that do not fit', () => {
    const x = tensor1d([1, 2, 3]);
    expect(() => stridedSlice(x, [0], [3], [0])).toThrow('strides is [0]');
    expect(() => stridedSlice(x, [0], [3, 1], [1])).toThrow('end is [3, 1]');
    expect(() => stridedSlice(x, [0], [3], [1], 0.5)).toThrow('beginMask is 0.5');
  });
});
