import { sigmoid, softplus as softplusOf, square, sub } from '@tensorflow/tfjs-core';
import type { ElementwiseFunction } from './elementwise-function.js';

/** ln(1 + eˣ): f′ = sigmoid(x), f″ = f′ − f′². */
export const softplus: ElementwiseFunction = {
  keeps: 'input',
  value: (x) => softplusOf(x),
  slope: (x) => sigmoid(x),
  curvature: (_x, slope) => sub(slope, square(slope)),
};
