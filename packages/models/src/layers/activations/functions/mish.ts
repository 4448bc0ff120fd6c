import { add, mul, sigmoid, softplus, square, sub, type Tensor, tanh } from '@tensorflow/tfjs-core';
import type { ElementwiseFunction } from './elementwise-function.js';

/** x t with t = tanh(softplus(x)), t′ = (1 − t²) s, s = sigmoid(x): f′ = t + x t′, f″ = t′ (2 + x (1 − s − 2 t s)). */
export const mish: ElementwiseFunction = {
  keeps: 'input',
  value: (x) => mul(x, tanh(softplus(x))),
  slope(x) {
    const { t, slope } = partsOf(x);
    return add(t, mul(x, slope));
  },
  curvature(x) {
    const { s, t, slope } = partsOf(x);
    return mul(slope, add(mul(x, sub(sub(1, s), mul(mul(t, s), 2))), 2));
  },
};

function partsOf(x: Tensor) {
  const [s, t] = [sigmoid(x), tanh(softplus(x))];
  return { s, t, slope: mul(sub(1, square(t)), s) };
}
