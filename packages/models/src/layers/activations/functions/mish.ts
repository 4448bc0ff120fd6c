import { add, div, mul, sigmoid, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import type { ElementwiseFunction, Kept } from './elementwise-function.js';

/** x t with t = tanh(softplus(x)), t′ = (1 − t²) s, s = sigmoid(x): f′ = t + x t′, f″ = t′ (2 + x (1 − s − 2 t s)). */
export const mish: ElementwiseFunction = {
  forward(x) {
    const s = sigmoid(x);
    return { y: mul(x, tanhOfSoftplus(s)), kept: [x, s] };
  },
  slope(kept) {
    const { t, tSlope } = partsOf(kept);
    return add(t, mul(kept[0], tSlope));
  },
  curvature(kept) {
    const [x, s] = kept;
    const { t, tSlope } = partsOf(kept);
    return mul(tSlope, add(mul(x, sub(sub(1, s!), mul(mul(t, s!), 2))), 2));
  },
};

/** tanh(softplus(x)) = a / (2 − a) with a = s (2 − s): nothing cancels, and wasm is faster at it. */
function tanhOfSoftplus(s: Tensor): Tensor {
  const a = mul(s, sub(2, s));
  return div(a, sub(2, a));
}

function partsOf([, s]: Kept) {
  const t = tanhOfSoftplus(s!);
  return { t, tSlope: mul(sub(1, square(t)), s!) };
}
