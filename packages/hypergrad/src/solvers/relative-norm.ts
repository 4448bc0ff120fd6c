import { normTensors, type Tensors } from '@metadistill/models';
import { div, maximum, type Scalar } from '@tensorflow/tfjs-core';

/** ‖a‖ / ‖b‖; 0 if both vanish. */
export const relativeNorm = (a: Tensors, b: Tensors): Scalar =>
  // 1e-30 turns 0 / 0 into 0.
  div(normTensors(a), maximum(normTensors(b), 1e-30));

/** Whether a residual is small enough to stop; without a tolerance nothing is read back. */
export const isSolved = (residual: () => Scalar, tolerance: number | undefined): boolean =>
  tolerance !== undefined && residual().dataSync()[0]! <= tolerance;
