import {
  cumsum,
  fill,
  mirrorPad,
  mod,
  reverse,
  sigmoid,
  type Tensor,
  tensor,
  tensor1d,
  tensor2d,
  tidy,
  where,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { runKernel } from '../../../test/run-kernel.js';

const valuesOf = (y: Tensor) => [y.dtype, Array.from(y.dataSync())];

describeEachBuild('kernels of TensorFlow.js', () => {
  it('move booleans', () => {
    tidy(() => {
      const [a, b] = [tensor1d([1, 1, 0], 'bool'), tensor1d([0, 0, 1], 'bool')];
      expect(valuesOf(where(tensor1d([1, 0, 1], 'bool'), a, b))).toEqual(['bool', [1, 0, 0]]);
      expect(valuesOf(reverse(tensor1d([1, 0, 0, 1, 1], 'bool')))).toEqual(['bool', [1, 1, 0, 0, 1]]);
      expect(valuesOf(mirrorPad(a, [[1, 2]], 'reflect'))).toEqual(['bool', [1, 1, 1, 0, 1, 1]]);
    });
  });

  it('compute on the axis that is counted from the end, and of nothing', () => {
    tidy(() => {
      const x = tensor2d([
        [1, 2],
        [3, 4],
      ]);
      expect(valuesOf(cumsum(x, -1))).toEqual(['float32', [1, 3, 3, 7]]);
      expect(cumsum(fill([0, 3], 1), 0).shape).toEqual([0, 3]);
      const [places] = runKernel('ArgMax', { x: fill([2, 0, 3], 1) }, { axis: 2 });
      expect(places!.shape).toEqual([2, 0]);
    });
  });

  it('refuse dtypes that they leave unwritten, or write beyond', () => {
    tidy(() => {
      const whole = tensor1d([1, 2, 3], 'int32');
      expect(() => runKernel('Sigmoid', { x: tensor1d([1, 0], 'bool') })).toThrow(
        'sigmoid: x is bool [2]; expected float32. Cast it first.',
      );
      expect(() => runKernel('Sqrt', { x: whole })).toThrow('sqrt: x is int32 [3]; expected float32.');
      expect(() => runKernel('Add', { a: whole, b: tensor1d([1, 0, 1], 'bool') })).toThrow('b is bool');
      expect(() => runKernel('Sum', { x: tensor1d([1, 0], 'bool') }, { axis: 0 })).toThrow('x is bool');
      expect(Array.from(sigmoid(tensor1d([0])).dataSync())).toEqual([0.5]);
    });
  });

  it('refuse to divide int32 by 0, at which they trap', () => {
    tidy(() => {
      const [a, b] = [tensor1d([7, 8], 'int32'), tensor1d([2, 0], 'int32')];
      for (const name of ['Mod', 'RealDiv']) {
        expect(() => runKernel(name, { a, b })).toThrow(/b has 0; expected other int32 numbers/);
      }
      expect(valuesOf(mod(a, tensor1d([4, 3], 'int32')))).toEqual(['int32', [3, 2]]);
      expect(valuesOf(mod(tensor([7]), tensor([0])))[1]).toEqual([Number.NaN]);
    });
  });
});
