import { mul, sigmoid as sigmoidOf, square, sub } from '@tensorflow/tfjs-core';
import { type ElementwiseFunction, keepingOutput } from './elementwise-function.js';

/** 1 / (1 + e⁻ˣ): f′ = y − y², f″ = (1 − 2y) f′. */
export const sigmoid: ElementwiseFunction = {
  forward: keepingOutput((x) => sigmoidOf(x)),
  slope: ([y]) => sub(y, square(y)),
  curvature: ([y], slope) => mul(slope, sub(1, mul(y, 2))),
};
