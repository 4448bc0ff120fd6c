import { normTensors, scoped, type Tensors } from '@metadistill/models';
import { add, div, maximum, mul, neg, type Scalar, sub, type Tensor } from '@tensorflow/tfjs-core';

/**
 * The derivative of f along a direction d by a central difference: (f(w + ε d) − f(w − ε d)) / 2ε with ε = r / ‖d‖, so
 * that the weights move by r whatever the length of d.
 *
 * Off by r² times a third derivative, by kinks that lie within r, and by float32 rounding over r. Zero if d = 0.
 *
 * @param f gives tensors of the same shapes at both points; they, and all else that it makes, are disposed of.
 * @param radius r > 0, in the Euclidean norm of the weights.
 */
export const differenceAlong = (
  f: (parameters: Tensors) => Tensors,
  parameters: Tensors,
  direction: Tensors,
  radius: number,
): { readonly derivative: Tensors; readonly step: Scalar } =>
  scoped(() => {
    // If d = 0 the difference is 0 at any ε; 1e-30 keeps ε finite in float32.
    const step = div(radius, maximum(normTensors(direction), 1e-30)) as Scalar;
    // What one side makes is gone before the other begins.
    const at = (shift: Scalar) => scoped(() => f(shifted(parameters, direction, shift)));
    const forward = at(step);
    const backward = at(neg(step) as Scalar);
    const width = mul(step, 2);
    return { derivative: forward.map((value, i) => div(sub(value, backward[i] as Tensor), width)), step };
  });

/** The derivative of `differenceAlong` alone. */
export const derivativeAlong = (...of: Parameters<typeof differenceAlong>): Tensors =>
  scoped(() => differenceAlong(...of).derivative);

const shifted = (parameters: Tensors, direction: Tensors, shift: Scalar): Tensors =>
  parameters.map((parameter, i) => add(parameter, mul(direction[i] as Tensor, shift)));
