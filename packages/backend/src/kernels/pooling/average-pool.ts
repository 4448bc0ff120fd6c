import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { hasStrayWindows } from './stray-windows.js';
import { gradientGeometry, type TfjsPoolAttributes, volumeGeometry } from './volume-geometry.js';

/**
 * `AvgPool` and `AvgPool3D` on wasm: the mean of each window over the positions that it has in the image or volume. `x` is
 * float32 `[batch, height, width, channels]` or `[batch, depth, height, width, channels]`.
 *
 * @throws TypeError or RangeError if x is neither, or a window has no position in an image.
 */
export function averagePool({
  inputs: { x },
  attrs,
  backend,
}: KernelCall<'x', TfjsPoolAttributes>): TensorInfo {
  checkTensor('averagePool', 'x', x, 'float32');
  const { geometry, outputShape } = volumeGeometry('averagePool', x.shape, attrs);
  const { kernels, address, makeOutput } = runtimeOf(backend);
  const y = makeOutput(outputShape, 'float32');
  kernels.averagePool(address(x), address(y), ...geometry);
  return y;
}

/**
 * The calls of `AvgPool` that TensorFlow.js' own gets wrong: windows without a position in the image on any backend, and on
 * wasm any whose number differs from what XNNPACK counts by itself, which then writes beyond the output or not all of it.
 */
export function takesAveragePool(call: KernelCall<'x', TfjsPoolAttributes>, backendName: string): boolean {
  if (hasStrayWindows(call)) return true;
  const { x } = call.inputs;
  if (backendName !== 'wasm') return false;
  if (x.dtype !== 'float32') return true; // TensorFlow.js' own would read its bits as floats.
  const { pad } = call.attrs;
  const around: [number, number] = [pad as number, pad as number];
  const counted: TfjsPoolAttributes = {
    ...call.attrs,
    dimRoundingMode: 'floor',
    pad: typeof pad === 'number' ? [[0, 0], around, around, [0, 0]] : pad,
  };
  const countsOf = (attributes: TfjsPoolAttributes) =>
    volumeGeometry('averagePool', x.shape, attributes).outputShape.join();
  try {
    return countsOf(counted) !== countsOf(call.attrs);
  } catch {
    return true;
  }
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
    inputs: { dy, input: { ...dy, shape: attrs.inputShape as number[] } },
    attrs,
    backend,
  });
}
