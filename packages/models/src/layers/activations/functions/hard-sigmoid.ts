import { add, clipByValue, mul } from '@tensorflow/tfjs-core';
import { insideOf } from './clipped-relu.js';
import { type ElementwiseFunction, keepingOutput } from './elementwise-function.js';

/** 0.2x + 0.5, clipped to [0, 1]; f′ is 0 at both kinks. */
export const hardSigmoid: ElementwiseFunction = {
  forward: keepingOutput((x) => clipByValue(add(mul(x, 0.2), 0.5), 0, 1)),
  slope: ([y]) => mul(insideOf(y, 1), 0.2),
};
