import { sigmoid, softplus as softplusOf, square, sub } from '@tensorflow/tfjs-core';
import { type ElementwiseFunction, keepingInput } from './elementwise-function.js';

/** ln(1 + eˣ): f′ = sigmoid(x), f″ = f′ − f′². */
export const softplus: ElementwiseFunction = {
  forward: keepingInput((x) => softplusOf(x)),
  slope: ([x]) => sigmoid(x),
  curvature: (_kept, slope) => sub(slope, square(slope)),
};
