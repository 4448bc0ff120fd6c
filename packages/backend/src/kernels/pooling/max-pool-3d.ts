import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkTensor, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { gradientGeometry, type TfjsPoolAttributes, volumeGeometry } from './volume-geometry.js';

/**
 * `MaxPool3D` on wasm, in place of TensorFlow.js' own, whose maximum of a window of negatives is not in the window. A
 * NaN wins over every number. `x` is float32 `[batch, depth, height, width, channels]`.
 *
 * @throws TypeError or RangeError if x is no batch of volumes, or a window has no position in one.
 */
export function maxPool3D({
  inputs: { x },
  attrs,
  backend,
}: KernelCall<'x', TfjsPoolAttributes>): TensorInfo {
  checkTensor('maxPool3D', 'x', x, 'float32', 5);
  const { geometry, outputShape } = volumeGeometry('maxPool3D', x.shape, attrs);
  const { kernels, address, makeOutput, withScratch } = runtimeOf(backend);
  const y = makeOutput(outputShape, 'float32');
  withScratch(4 * sizeOf(outputShape), (argmax) => {
    kernels.maxPoolVolumes(address(x), address(y), argmax, ...geometry);
  });
  return y;
}

/**
 * `MaxPool3DGrad` on wasm, in place of TensorFlow.js' own, which loses the gradient of windows without a positive value.
 * Of equal values the first gets it.
 *
 * @returns dx of the input's shape.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export function maxPool3DGradient({
  inputs: { dy, input },
  attrs,
  backend,
}: KernelCall<'dy' | 'input' | 'output', TfjsPoolAttributes>): TensorInfo {
  checkTensor('maxPool3DGrad', 'input', input, 'float32', 5);
  checkTensor('maxPool3DGrad', 'dy', dy, 'float32', 5);
  const { geometry, outputShape } = gradientGeometry('maxPool3DGrad', { dy, input }, attrs);
  const { kernels, address, makeOutput, withScratch } = runtimeOf(backend);
  const dx = makeOutput(input.shape, 'float32');
  const bytes = 4 * sizeOf(outputShape);
  withScratch(2 * bytes, (scratch) => {
    kernels.maxPoolVolumes(address(input), scratch, scratch + bytes, ...geometry);
    kernels.maxPoolVolumesScatter(address(dy), scratch + bytes, address(dx), ...geometry);
  });
  return dx;
}
