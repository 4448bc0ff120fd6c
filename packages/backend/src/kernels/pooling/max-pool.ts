import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf, type WasmRuntime } from '../../wasm/wasm-runtime.js';
import { checkShape, checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { imageGeometry } from './image-geometry.js';
import { type TfjsPoolAttributes, volumeGeometry } from './volume-geometry.js';

/**
 * `MetadistillMaxPoolWithArgmax` on wasm: the maximum of each window, and where it is.
 *
 * Of equal values the first wins; a NaN wins over every number. `x` is float32 `[batch, height, width, channels]` or
 * `[batch, depth, height, width, channels]`, attributes are those of `MaxPool`.
 *
 * @returns y, and argmax as int32 of y's shape for the two kernels below: of images the winner's position in its window,
 *   row-major, padding counted.
 * @throws TypeError or RangeError if x is no batch of images or volumes, or a window has no position in one.
 */
export function maxPoolWithArgmax({
  inputs: { x },
  attrs,
  backend,
}: KernelCall<'x', TfjsPoolAttributes>): TensorInfo[] {
  const { outputShape, run } = poolOf('maxPoolWithArgmax', x.shape, attrs);
  checkTensor('maxPoolWithArgmax', 'x', x, 'float32');
  const runtime = runtimeOf(backend);
  const y = runtime.makeOutput(outputShape, 'float32');
  const argmax = runtime.makeOutput(outputShape, 'int32');
  run(runtime, 'maxPool', x, y, argmax);
  return [y, argmax];
}

/**
 * `MetadistillMaxPoolScatter` on wasm: the vector-Jacobian product of max pooling, dx[winner] += dy.
 *
 * @returns dx of shape `inputShape`.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export function maxPoolScatter({
  inputs: { dy, argmax },
  attrs,
  backend,
}: KernelCall<'dy' | 'argmax', TfjsPoolAttributes & { readonly inputShape: readonly number[] }>): TensorInfo {
  const { outputShape, run } = poolOf('maxPoolScatter', attrs.inputShape, attrs);
  checkTensor('maxPoolScatter', 'dy', dy, 'float32');
  checkTensor('maxPoolScatter', 'argmax', argmax, 'int32');
  checkShape('maxPoolScatter', 'dy', dy, outputShape);
  checkShape('maxPoolScatter', 'argmax', argmax, outputShape);
  const runtime = runtimeOf(backend);
  const dx = runtime.makeOutput(attrs.inputShape, 'float32');
  run(runtime, 'maxPoolScatter', dy, argmax, dx);
  return dx;
}

/**
 * `MetadistillMaxPoolGather` on wasm: the Jacobian-vector product of max pooling, dy = dx[winner].
 *
 * @returns dy of argmax's shape.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export function maxPoolGather({
  inputs: { dx, argmax },
  attrs,
  backend,
}: KernelCall<'dx' | 'argmax', TfjsPoolAttributes>): TensorInfo {
  const { outputShape, run } = poolOf('maxPoolGather', dx.shape, attrs);
  checkTensor('maxPoolGather', 'dx', dx, 'float32');
  checkTensor('maxPoolGather', 'argmax', argmax, 'int32');
  checkShape('maxPoolGather', 'argmax', argmax, outputShape);
  const runtime = runtimeOf(backend);
  const dy = runtime.makeOutput(outputShape, 'float32');
  run(runtime, 'maxPoolGather', dx, argmax, dy);
  return dy;
}

const volumes = {
  maxPool: 'maxPoolVolumes',
  maxPoolScatter: 'maxPoolVolumesScatter',
  maxPoolGather: 'maxPoolVolumesGather',
} as const;

/** The shape that leaves a pooling, and its kernels: of images or of volumes. */
function poolOf(kernel: string, shape: readonly number[], attributes: TfjsPoolAttributes) {
  type Operands = readonly [TensorInfo, TensorInfo, TensorInfo];
  const addresses = ({ address }: WasmRuntime, [a, b, c]: Operands) =>
    [address(a), address(b), address(c)] as const;
  type Name = keyof typeof volumes;
  if (shape?.length === 4) {
    const { geometry, outputShape } = imageGeometry(kernel, shape, attributes);
    const run = (runtime: WasmRuntime, name: Name, ...operands: Operands): void =>
      runtime.kernels[name](...addresses(runtime, operands), ...geometry);
    return { outputShape, run };
  }
  const { geometry, outputShape } = volumeGeometry(kernel, shape, attributes);
  const run = (runtime: WasmRuntime, name: Name, ...operands: Operands): void =>
    runtime.kernels[volumes[name]](...addresses(runtime, operands), ...geometry);
  return { outputShape, run };
}
