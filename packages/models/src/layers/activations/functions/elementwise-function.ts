import type { Tensor } from '@tensorflow/tfjs-core';

/** y = f(x) of every element by itself, and its derivatives, exact but at kinks. Callers surround each call by a `tidy`. */
export interface ElementwiseFunction {
  /** Which of x and y the derivatives are written in; a forward pass keeps no other. */
  readonly keeps: 'input' | 'output';
  /** f(x). */
  value(x: Tensor): Tensor;
  /** f′ of what is kept. */
  slope(kept: Tensor): Tensor;
  /** f″ of what is kept and f′ of it; left out if it is 0, kinks aside. */
  curvature?(kept: Tensor, slope: Tensor): Tensor;
  /** v · f′ of what is kept, if TensorFlow.js has a kernel for the product. */
  scaledBySlope?(v: Tensor, kept: Tensor): Tensor;
}
