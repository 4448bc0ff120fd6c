import {
  cast,
  type GradConfig,
  greater,
  greaterEqual,
  less,
  lessEqual,
  mul,
  neg,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { sumToShape } from './sum-to-shape.js';

type Slope = (a: Tensor, b: Tensor) => Tensor;

/** The gradients of a function of a and b whose slopes by each are these. */
const elementwise = (kernelName: string, byA: Slope, byB: Slope): GradConfig => ({
  kernelName,
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, saved) => {
    const [a, b] = saved as [Tensor, Tensor];
    return {
      a: () => sumToShape(mul(dy as Tensor, byA(a, b)), a.shape),
      b: () => sumToShape(mul(dy as Tensor, byB(a, b)), b.shape),
    };
  },
});

const numbers =
  (comparison: Slope): Slope =>
  (a, b) =>
    cast(comparison(a, b), 'float32');
const twiceDifference: Slope = (a, b) => mul(sub(a, b), 2);

/**
 * In place of TensorFlow.js' own, which have the output's shape if an operand spreads to another. Of equal values the first
 * operand gets the gradient of a maximum or minimum, as there.
 */
export const elementwiseGradients: readonly GradConfig[] = [
  elementwise('Maximum', numbers(greaterEqual), numbers(less)),
  elementwise('Minimum', numbers(lessEqual), numbers(greater)),
  elementwise('SquaredDifference', twiceDifference, (a, b) => neg(twiceDifference(a, b))),
];
