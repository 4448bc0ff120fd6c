import { mul, step, sub, type Tensor } from '@tensorflow/tfjs-core';
import { type ElementwiseFunction, keepingInput } from './elementwise-function.js';

/** x above theta, else 0; f′ at theta is 0. */
export function thresholdedRelu(theta: number): ElementwiseFunction {
  const above = (x: Tensor) => step(sub(x, theta));
  return { forward: keepingInput((x) => mul(x, above(x))), slope: ([x]) => above(x) };
}
