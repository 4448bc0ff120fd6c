import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  applyEpilogue,
  type FusedAttributes,
  type FusedInputs,
  fusedEpilogue,
} from '../activation/fused-activation.js';
import { checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { conv2d } from './conv2d.js';
import { type ConvolutionAttributes, convolutionGeometry } from './convolution-geometry.js';

type Call = KernelCall<'x' | 'filter', ConvolutionAttributes & FusedAttributes> & {
  readonly inputs: FusedInputs;
};

/**
 * `FusedConv2D` on wasm: activation(x ∗ w + b), by our own convolution, so that prediction and training agree.
 *
 * Shapes are those of `Conv2D`; bias and the slopes of `prelu` are any that spread to the output.
 *
 * @returns `[batch, height, width, outputs]`.
 * @throws TypeError or RangeError if dtypes, ranks, channels, sizes or the activation do not fit.
 */
export function fusedConv2d({ inputs, attrs, backend }: Call): TensorInfo {
  const { x, filter } = inputs;
  checkTensor('fusedConv2d', 'x', x, 'float32', 4);
  checkTensor('fusedConv2d', 'filter', filter, 'float32', 4);
  const { outputShape } = convolutionGeometry('fusedConv2d', x.shape, filter.shape, attrs);
  const { channelBias, ...rest } = fusedEpilogue('fusedConv2d', inputs, attrs, outputShape);
  const y = conv2d({ inputs: { x, filter, ...(channelBias && { bias: channelBias }) }, attrs, backend });
  return applyEpilogue(backend, y, rest);
}
