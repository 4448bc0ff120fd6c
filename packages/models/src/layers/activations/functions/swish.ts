import { add, mul, sigmoid, sub } from '@tensorflow/tfjs-core';
import type { ElementwiseFunction } from './elementwise-function.js';

/** x s with s = sigmoid(x): f′ = s + x s (1 − s), f″ = s (1 − s) (2 + x (1 − 2s)). */
export const swish: ElementwiseFunction = {
  forward(x) {
    const s = sigmoid(x);
    return { y: mul(x, s), kept: [x, s] };
  },
  slope([x, s]) {
    const y = mul(x, s!);
    return add(s!, sub(y, mul(y, s!)));
  },
  curvature: ([x, s]) => mul(mul(s!, sub(1, s!)), add(mul(x, sub(1, mul(s!, 2))), 2)),
};
