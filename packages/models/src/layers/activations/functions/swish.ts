import { add, mul, sigmoid, sub } from '@tensorflow/tfjs-core';
import type { ElementwiseFunction } from './elementwise-function.js';

/** x s with s = sigmoid(x): f′ = s + x s (1 − s), f″ = s (1 − s) (2 + x (1 − 2s)). */
export const swish: ElementwiseFunction = {
  keeps: 'input',
  value: (x) => mul(x, sigmoid(x)),
  slope(x) {
    const s = sigmoid(x);
    const y = mul(x, s);
    return add(s, sub(y, mul(y, s)));
  },
  curvature(x) {
    const s = sigmoid(x);
    return mul(mul(s, sub(1, s)), add(mul(x, sub(1, mul(s, 2))), 2));
  },
};
