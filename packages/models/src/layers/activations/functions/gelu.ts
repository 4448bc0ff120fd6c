import { add, div, erf, mul, sigmoid, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import type { ElementwiseFunction } from './elementwise-function.js';

/**
 * x Φ(x) of the normal distribution's Φ and density φ: f′ = Φ + x φ, f″ = (2 − x²) φ.
 *
 * TensorFlow.js computes `erf` to 1.5e-7, and so Φ.
 */
export const gelu: ElementwiseFunction = {
  forward(x) {
    const distribution = mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);
    return { y: mul(x, distribution), kept: [x, distribution] };
  },
  slope: ([x, distribution]) => add(distribution!, mul(x, density(x))),
  curvature: ([x]) => mul(sub(2, square(x)), density(x)),
};

/** e^z = s / (1 − s) with s = sigmoid(z): nothing cancels for z ≤ 0, and wasm is faster at it than at `exp`. */
function density(x: Tensor): Tensor {
  const s = sigmoid(mul(square(x), -0.5));
  return mul(div(s, sub(1, s)), 1 / Math.sqrt(2 * Math.PI));
}
