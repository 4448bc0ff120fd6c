import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { gradientGeometry, type TfjsPoolAttributes, volumeGeometry } from './volume-geometry.js';

/**
 * `AvgPool3D` on wasm: the mean of each window over the positions that it has in the volume. `x` is float32
 * `[batch, depth, height, width, channels]`.
 *
 * @throws TypeError or RangeError if x is no batch of volumes, or a window has no position in one.
 */
export function averagePool3D({
  inputs: { x },
  attrs,
  backend,
}: KernelCall<'x', TfjsPoolAttributes>): TensorInfo {
  checkTensor('averagePool3D', 'x', x, 'float32', 5);
  const { geometry, outputShape } = volumeGeometry('averagePool3D', x.shape, attrs);
  const { kernels, address, makeOutput } = runtimeOf(backend);
  const y = makeOutput(outputShape, 'float32');
  kernels.averagePool(address(x), address(y), ...geometry);
  return y;
}

/**
 * `AvgPoolGrad` and `AvgPool3DGrad` on wasm, in place of TensorFlow.js' own, which divide by the size of the window also
 * where padding is part of it.
 *
 * @returns dx of the input's shape.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export function averagePoolGradient({
  inputs: { dy, input },
  attrs,
  backend,
}: KernelCall<'dy' | 'input', TfjsPoolAttributes>): TensorInfo {
  const { geometry } = gradientGeometry('averagePoolGrad', { dy, input }, attrs);
  const { kernels, address, makeOutput } = runtimeOf(backend);
  const dx = makeOutput(input.shape, 'float32');
  kernels.averagePoolGradient(address(dy), address(dx), ...geometry);
  return dx;
}

/**
 * `MetadistillAveragePoolGrad` on wasm: the same from the input's shape alone.
 *
 * @returns dx of shape `inputShape`.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export function averagePoolGradientOfShape({
  inputs: { dy },
  attrs,
  backend,
}: KernelCall<'dy', TfjsPoolAttributes & { readonly inputShape: readonly number[] }>): TensorInfo {
  return averagePoolGradient({
    inputs: { dy, input: { ...dy, shape: [...attrs.inputShape] } },
    attrs,
    backend,
  });
}
