import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  applyEpilogue,
  type FusedAttributes,
  type FusedInputs,
  fusedEpilogue,
} from '../activation/fused-activation.js';
import { checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { type ConvolutionAttributes, convolutionGeometry } from '../convolution/convolution-geometry.js';
import { clampedDepthwise, unclamped } from './depthwise.js';

type Call = KernelCall<'x' | 'filter', ConvolutionAttributes & FusedAttributes> & {
  readonly inputs: FusedInputs;
};

/**
 * `FusedDepthwiseConv2D` on wasm: activation(depthwise convolution + b); `relu` and `relu6` cost nothing more.
 *
 * Shapes are those of `DepthwiseConv2dNative`; bias and the slopes of `prelu` are any that spread to the output.
 *
 * @returns `[batch, height, width, inputs · multiplier]`.
 * @throws TypeError or RangeError if dtypes, ranks, channels, sizes or the activation do not fit.
 */
export function fusedDepthwiseConv2d({ inputs, attrs, backend }: Call): TensorInfo {
  const { x, filter } = inputs;
  checkTensor('fusedDepthwiseConv2d', 'x', x, 'float32', 4);
  checkTensor('fusedDepthwiseConv2d', 'filter', filter, 'float32', 4);
  const { outputShape } = convolutionGeometry(
    'fusedDepthwiseConv2d',
    x.shape,
    filter.shape,
    attrs,
    'depthwise',
  );
  const { channelBias, clamp, ...rest } = fusedEpilogue('fusedDepthwiseConv2d', inputs, attrs, outputShape);
  // What is added later has to be added before the clamp.
  const early = rest.spreadBias ? unclamped : (clamp ?? unclamped);
  const y = clampedDepthwise({ inputs: { x, filter }, attrs, backend }, early, channelBias);
  return applyEpilogue(backend, y, rest.spreadBias && clamp ? { ...rest, clamp } : rest);
}
