import { abs, add, div, mul, reciprocal, sign, sqrt, square } from '@tensorflow/tfjs-core';
import type { ElementwiseFunction } from './elementwise-function.js';

/** x / (1 + |x|): f′ = 1 / (1 + |x|)², f″ = −2 sign(x) / (1 + |x|)³. */
export const softsign: ElementwiseFunction = {
  keeps: 'input',
  value: (x) => div(x, add(abs(x), 1)),
  slope: (x) => square(reciprocal(add(abs(x), 1))),
  curvature: (x, slope) => mul(mul(sign(x), -2), mul(slope, sqrt(slope))),
};
