import { clipByValue, relu6, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';

const values = [Number.NaN, -3, 0.5, 7, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN];

describeEachBuild('clamped values', () => {
  it('are within the bounds, and NaN stays', () => {
    tidy(() => {
      const x = tensor1d(values);
      expect(Array.from(clipByValue(x, -1, 2).dataSync())).toEqual([NaN, -1, 0.5, 2, -1, 2, NaN]);
      expect(Array.from(relu6(x).dataSync())).toEqual([NaN, 0, 0.5, 6, 0, 6, NaN]);
      expect(Array.from(x.dataSync())).toEqual(values);
    });
  });
  it('are whole numbers and booleans too', () => {
    tidy(() => {
      expect(Array.from(clipByValue(tensor1d([-3, 0, 7], 'int32'), -1, 2).dataSync())).toEqual([-1, 0, 2]);
      expect(Array.from(clipByValue(tensor1d([false, true], 'bool'), 0, 1).dataSync())).toEqual([0, 1]);
    });
  });
});
