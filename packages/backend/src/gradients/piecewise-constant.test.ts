import {
  any,
  cast,
  grad,
  greater,
  mul,
  notEqual,
  sum,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import { describeCpu, describeEachBuild } from '../../test/describe-backends.js';

const tests = () => {
  it('pass the gradient of what a comparison selects, and none through the comparison', () => {
    tidy(() => {
      const x = tensor([0.5, -1, 2, 0, 0, 0], [2, 3]);
      const above = (at: Tensor) => sum(mul(at, cast(greater(at, 0.4), 'float32')));
      expect(Array.from(grad(above)(x).dataSync())).toEqual([1, 0, 1, 0, 0, 0]);
      const masked = (at: Tensor) => sum(mul(at, cast(any(notEqual(at, 0), -1, true), 'float32')));
      expect(Array.from(grad(masked)(x).dataSync())).toEqual([1, 1, 1, 0, 0, 0]);
    });
  });
};

describeCpu('gradients of comparisons', tests);
describeEachBuild('gradients of comparisons', tests);
