import { broadcast_util, reshape, sum, type Tensor } from '@tensorflow/tfjs-core';

/** The gradient of a tensor of a shape that spread to that of `gradient`: its sum over what was spread. */
export function sumToShape(gradient: Tensor, shape: readonly number[]): Tensor {
  const axes = broadcast_util.getReductionAxes([...shape], gradient.shape);
  const summed = axes.length > 0 ? sum(gradient, axes) : gradient;
  return reshape(summed, [...shape]);
}
