import { mul, square, sub, tanh as tanhOf } from '@tensorflow/tfjs-core';
import { type ElementwiseFunction, keepingOutput } from './elementwise-function.js';

/** tanh(x): f′ = 1 − y², f″ = −2y f′. */
export const tanh: ElementwiseFunction = {
  forward: keepingOutput((x) => tanhOf(x)),
  slope: ([y]) => sub(1, square(y)),
  curvature: ([y], slope) => mul(slope, mul(y, -2)),
};
