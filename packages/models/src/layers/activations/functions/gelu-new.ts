import { add, mul, sigmoid, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import type { ElementwiseFunction, Kept } from './elementwise-function.js';

const [linear, cubic] = [Math.sqrt(8 / Math.PI), 0.044715 * Math.sqrt(8 / Math.PI)];

/**
 * x (1 + tanh(u / 2)) / 2 = x s with u = √(8/π) (x + 0.044715 x³), s = sigmoid(u), s′ = s (1 − s) u′: f′ = s + x s′,
 * f″ = 2 s′ + x s″, s″ = s (1 − s) u″ + (1 − 2s) u′ s′.
 */
export const geluNew: ElementwiseFunction = {
  forward(x) {
    const s = sigmoid(mul(x, add(mul(square(x), cubic), linear)));
    return { y: mul(x, s), kept: [x, s] };
  },
  slope(kept) {
    const { sSlope } = partsOf(kept);
    return add(kept[1]!, mul(kept[0], sSlope));
  },
  curvature(kept) {
    const [x, s] = kept;
    const { squared, variance, uSlope, sSlope } = partsOf(kept);
    const bent = mul(mul(squared, variance), 6 * cubic); // x s (1 − s) u″
    const turned = mul(mul(x, sub(1, mul(s!, 2))), mul(uSlope, sSlope));
    return add(mul(sSlope, 2), add(bent, turned));
  },
};

function partsOf([x, s]: Kept): Record<'squared' | 'variance' | 'uSlope' | 'sSlope', Tensor> {
  const squared = square(x);
  const variance = mul(s!, sub(1, s!));
  const uSlope = add(mul(squared, 3 * cubic), linear);
  return { squared, variance, uSlope, sSlope: mul(variance, uSlope) };
}
