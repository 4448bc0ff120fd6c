import { add, erf, exp, mul, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import type { ElementwiseFunction } from './elementwise-function.js';

/**
 * x Φ(x) of the normal distribution's Φ and density φ: f′ = Φ + x φ, f″ = (2 − x²) φ.
 *
 * TensorFlow.js computes `erf` to 1.5e-7, and so Φ.
 */
export const gelu: ElementwiseFunction = {
  keeps: 'input',
  value: (x) => mul(x, distribution(x)),
  slope: (x) => add(distribution(x), mul(x, density(x))),
  curvature: (x) => mul(sub(2, square(x)), density(x)),
};

const distribution = (x: Tensor): Tensor => mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);

const density = (x: Tensor): Tensor => mul(exp(mul(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
