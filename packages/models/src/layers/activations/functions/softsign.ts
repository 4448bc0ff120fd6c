import { abs, add, div, mul, reciprocal, sqrt, square, step, sub } from '@tensorflow/tfjs-core';
import { type ElementwiseFunction, keepingInput } from './elementwise-function.js';

/** x / (1 + |x|): f′ = 1 / (1 + |x|)², f″ = −2 sign(x) / (1 + |x|)³. */
export const softsign: ElementwiseFunction = {
  forward: keepingInput((x) => div(x, add(abs(x), 1))),
  slope: ([x]) => square(reciprocal(add(abs(x), 1))),
  // −2 above 0, 2 below; wasm's `sign` is slow.
  curvature: ([x], slope) => mul(sub(2, mul(step(x), 4)), mul(slope, sqrt(slope))),
};
