import { add, mul, square, sub, type Tensor, tanh } from '@tensorflow/tfjs-core';
import type { ElementwiseFunction } from './elementwise-function.js';

const [linear, cubic] = [Math.sqrt(2 / Math.PI), 0.044715 * Math.sqrt(2 / Math.PI)];

/**
 * x (1 + t) / 2 with t = tanh(u), u = √(2/π) (x + 0.044715 x³): f′ = (1 + t + x t′) / 2 with t′ = (1 − t²) u′, and
 * f″ = t′ + x (1 − t²) u″ / 2 − x t t′ u′.
 */
export const geluNew: ElementwiseFunction = {
  keeps: 'input',
  value: (x) => mul(mul(x, 0.5), add(saturated(x, square(x)), 1)),
  slope(x) {
    const { t, tSlope } = partsOf(x);
    return mul(add(add(t, 1), mul(x, tSlope)), 0.5);
  },
  curvature(x) {
    const { t, rest, uSlope, tSlope } = partsOf(x);
    const bent = mul(mul(square(x), rest), 3 * cubic); // x (1 − t²) u″ / 2
    return sub(add(tSlope, bent), mul(mul(x, t), mul(tSlope, uSlope)));
  },
};

const saturated = (x: Tensor, squared: Tensor): Tensor => tanh(mul(x, add(mul(squared, cubic), linear)));

function partsOf(x: Tensor) {
  const squared = square(x);
  const t = saturated(x, squared);
  const rest = sub(1, square(t));
  const uSlope = add(mul(squared, 3 * cubic), linear);
  return { t, rest, uSlope, tSlope: mul(rest, uSlope) };
}
