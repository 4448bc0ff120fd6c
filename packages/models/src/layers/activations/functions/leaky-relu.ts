import { leakyRelu as leakyReluOf, step } from '@tensorflow/tfjs-core';
import type { ElementwiseFunction } from './elementwise-function.js';

/** x above 0, slope · x below; f′ at 0 is the slope. */
export const leakyRelu = (slopeBelow: number): ElementwiseFunction => ({
  keeps: 'input',
  value: (x) => leakyReluOf(x, slopeBelow),
  slope: (x) => step(x, slopeBelow),
});
