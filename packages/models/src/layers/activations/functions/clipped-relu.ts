import { clipByValue, mul, step, sub, type Tensor } from '@tensorflow/tfjs-core';
import { clippedReluGradient } from '../../../kernels/relu-gradient.js';
import { type ElementwiseFunction, keepingOutput } from './elementwise-function.js';

/** x, clipped to [0, maxValue]; f′ is 0 at both kinks. */
export const clippedRelu = (maxValue: number): ElementwiseFunction => ({
  forward: keepingOutput((x) => clipByValue(x, 0, maxValue)),
  slope: ([y]) => insideOf(y, maxValue),
  scaledBySlope: (v, [y]) => clippedReluGradient(v, y, maxValue),
});

/** 1 if 0 < y < maxValue, 0 at either bound. */
export const insideOf = (y: Tensor, maxValue: number): Tensor => step(mul(y, sub(maxValue, y)));
