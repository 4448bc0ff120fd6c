import type { Tensor } from '@tensorflow/tfjs-core';

/** y = f(x) of every element by itself, and its derivatives, exact but at kinks. Callers surround each call by a `tidy`. */
export interface ElementwiseFunction {
  /** f(x), and what the derivatives are written in: x, y, or a part of f that is slow to make again. */
  forward(x: Tensor): { readonly y: Tensor; readonly kept: Kept };
  /** f′ of what is kept. */
  slope(kept: Kept): Tensor;
  /** f″ of what is kept and f′ of it; left out if it is 0, kinks aside. */
  curvature?(kept: Kept, slope: Tensor): Tensor;
  /** v · f′ of what is kept, if TensorFlow.js has a kernel for the product. */
  scaledBySlope?(v: Tensor, kept: Kept): Tensor;
}

/** Tensors of x's shape. */
export type Kept = readonly [Tensor, ...Tensor[]];

/** The forward pass of a function whose derivatives are written in x. */
export const keepingInput =
  (value: (x: Tensor) => Tensor): ElementwiseFunction['forward'] =>
  (x) => ({ y: value(x), kept: [x] });

/** The forward pass of a function whose derivatives are written in y. */
export const keepingOutput =
  (value: (x: Tensor) => Tensor): ElementwiseFunction['forward'] =>
  (x) => {
    const y = value(x);
    return { y, kept: [y] };
  };
