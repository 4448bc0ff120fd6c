import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelExports } from '../../generated/kernel-exports.js';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkShape, checkTensor, shown } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

/** The sizes that every pooling kernel takes after its three addresses. */
export type PoolGeometry =
  Parameters<KernelExports['maxPool']> extends [number, number, number, ...infer Sizes]
    ? Readonly<Sizes>
    : never;

/** A pooling without padding. */
export interface PoolAttributes {
  /** Side of the square window. */
  readonly size: number;
  readonly stride: number;
}

/**
 * `MetadistillMaxPoolWithArgmax` on wasm: the maximum of each window, and where it is.
 *
 * Of equal values the first wins; a NaN wins over every number. `x` is float32 `[batch, height, width, channels]`;
 * rows and columns that no whole window covers are left out.
 *
 * @returns y, and argmax as int32 of y's shape: the winner's position in its window, 0 to size² − 1, row-major.
 * @throws TypeError or RangeError if x is no image batch or the window is larger than the image.
 */
export function maxPoolWithArgmax({ inputs, attrs, backend }: KernelCall<'x', PoolAttributes>): TensorInfo[] {
  const { x } = inputs;
  checkTensor('maxPoolWithArgmax', 'x', x, 'float32', 4);
  const { geometry, outputShape } = poolGeometry('maxPoolWithArgmax', x.shape, attrs);
  const { kernels, address, makeOutput } = runtimeOf(backend);
  const y = makeOutput(outputShape, 'float32');
  const argmax = makeOutput(outputShape, 'int32');
  kernels.maxPool(address(x), address(y), address(argmax), ...geometry);
  return [y, argmax];
}

/**
 * `MetadistillMaxPoolScatter` on wasm: the vector-Jacobian product of max pooling, dx[winner] += dy.
 *
 * @returns dx of shape `inputShape`.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export function maxPoolScatter({
  inputs,
  attrs,
  backend,
}: KernelCall<'dy' | 'argmax', PoolAttributes & { readonly inputShape: readonly number[] }>): TensorInfo {
  const { dy, argmax } = inputs;
  const { geometry, outputShape } = poolGeometry('maxPoolScatter', attrs.inputShape, attrs);
  checkTensor('maxPoolScatter', 'dy', dy, 'float32', 4);
  checkTensor('maxPoolScatter', 'argmax', argmax, 'int32', 4);
  checkShape('maxPoolScatter', 'dy', dy, outputShape);
  checkShape('maxPoolScatter', 'argmax', argmax, outputShape);
  const { kernels, address, makeOutput } = runtimeOf(backend);
  const dx = makeOutput(attrs.inputShape, 'float32');
  kernels.maxPoolScatter(address(dy), address(argmax), address(dx), ...geometry);
  return dx;
}

/**
 * `MetadistillMaxPoolGather` on wasm: the Jacobian-vector product of max pooling, dy = dx[winner].
 *
 * @returns dy of argmax's shape.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export function maxPoolGather({
  inputs,
  attrs,
  backend,
}: KernelCall<'dx' | 'argmax', PoolAttributes>): TensorInfo {
  const { dx, argmax } = inputs;
  checkTensor('maxPoolGather', 'dx', dx, 'float32', 4);
  checkTensor('maxPoolGather', 'argmax', argmax, 'int32', 4);
  const { geometry, outputShape } = poolGeometry('maxPoolGather', dx.shape, attrs);
  checkShape('maxPoolGather', 'argmax', argmax, outputShape);
  const { kernels, address, makeOutput } = runtimeOf(backend);
  const dy = makeOutput(outputShape, 'float32');
  kernels.maxPoolGather(address(dx), address(argmax), address(dy), ...geometry);
  return dy;
}

function poolGeometry(
  kernel: string,
  shape: readonly number[],
  { size, stride }: PoolAttributes,
): { readonly geometry: PoolGeometry; readonly outputShape: readonly number[] } {
  for (const [name, value] of Object.entries({ size, stride })) {
    if (Number.isInteger(value) && value > 0) continue;
    throw new RangeError(`${kernel}: ${name} is ${value}; expected a whole number >= 1.`);
  }
  const [batch, height, width, channels] = shape as [number, number, number, number];
  if (shape.length !== 4 || height < size || width < size) {
    throw new RangeError(
      `${kernel}: a window of ${size} × ${size} does not fit the images of ${shown(shape)}; expected ` +
        '[batch, height, width, channels] of at least its size.',
    );
  }
  const rows = Math.floor((height - size) / stride) + 1;
  const columns = Math.floor((width - size) / stride) + 1;
  return {
    geometry: [batch, height, width, channels, size, size, stride, stride, 0, 0, rows, columns],
    outputShape: [batch, rows, columns, channels],
  };
}
