import {
  gatherND,
  scatterND,
  sparseToDense,
  type Tensor,
  tensor,
  tensor1d,
  tensor2d,
  tensorScatterUpdate,
  zeros,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';

const wild = [-1, 4, -1000, 2 ** 20, 2 ** 31 - 1, -(2 ** 31)];

describeEachBuild('scattering and gathering points', () => {
  it('finds values at their points', () => {
    const values = (y: Tensor) => Array.from(y.dataSync());
    const point = tensor2d([[0], [2]], [2, 1], 'int32');
    const rows = tensor2d([
      [1, 2],
      [3, 4],
    ]);
    expect(values(scatterND(point, rows, [3, 2]))).toEqual([1, 2, 0, 0, 3, 4]);
    expect(values(scatterND(tensor1d([1, 1], 'int32'), rows, [2, 2]))).toEqual([0, 0, 4, 6]);
    expect(values(tensorScatterUpdate(tensor1d([7, 8, 9]), point, tensor1d([1, 2])))).toEqual([1, 8, 2]);
    expect(values(gatherND(rows, tensor2d([[1], [0]], [2, 1], 'int32')))).toEqual([3, 4, 1, 2]);
    const nowhere = tensor2d([], [2, 0], 'int32');
    expect(values(scatterND(nowhere, rows, [2]))).toEqual([4, 6]);
    expect(values(scatterND(tensor2d([], [0, 0], 'int32'), zeros([0, 2]), [2]))).toEqual([0, 0]);
    const pair = tensor2d([[1, 0]], [1, 2], 'int32');
    expect(values(sparseToDense(pair, tensor1d([5]), [2, 2], 3))).toEqual([3, 3, 5, 3]);
    expect(values(sparseToDense(tensor1d([0, 2], 'int32'), 6, [4], 0))).toEqual([6, 0, 6, 0]);
    expect(values(sparseToDense(tensor(1, [], 'int32'), 6, [2], 0))).toEqual([0, 6]);
  });

  it.each(wild)('refuses the index %d, in each of the columns, and touches no other tensor', (index) => {
    const neighbours = Array.from({ length: 20 }, () => zeros([4]));
    for (const points of [[[0], [index]], [[0, index]], [[index, 0]]]) {
      const indices = tensor2d(points, undefined, 'int32');
      const shape = points[0]!.map(() => 4);
      const updates = tensor1d(points.map(() => 5));
      const refuses = (scatter: () => Tensor) => {
        expect(scatter).toThrow(RangeError);
        expect(scatter).toThrow(/expected whole numbers from 0, below \[4/);
      };
      refuses(() => scatterND(indices, updates, shape));
      refuses(() => gatherND(zeros(shape), indices));
      refuses(() => tensorScatterUpdate(zeros(shape), indices, updates));
      refuses(() => sparseToDense(indices, updates, shape, 0));
    }
    for (const each of neighbours) expect(Array.from(each.dataSync())).toEqual([0, 0, 0, 0]);
  });
});
