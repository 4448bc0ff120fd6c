import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkShape, checkSizes, checkTensor, shown, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

/**
 * `MetadistillGlobalAveragePool` on wasm: the mean of each channel over an image. Linear: its JVP is itself.
 *
 * `x` is float32 `[batch, height, width, channels]`, not empty.
 *
 * @returns `[batch, channels]`.
 * @throws TypeError or RangeError if x is no image batch.
 */
export function globalAveragePool({ inputs: { x }, backend }: KernelCall<'x'>): TensorInfo {
  checkTensor('globalAveragePool', 'x', x, 'float32', 4);
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  checkNotEmpty('globalAveragePool', x.shape);
  const { kernels, address, makeOutput } = runtimeOf(backend);
  const y = makeOutput([batch, channels], 'float32');
  kernels.globalAveragePool(address(x), address(y), batch, height * width, channels);
  return y;
}

/**
 * `MetadistillGlobalAveragePoolGrad` on wasm: the vector-Jacobian product, dy / (height · width) in every pixel.
 *
 * @returns dx of shape `inputShape`.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export function globalAveragePoolGradient({
  inputs: { dy },
  attrs: { inputShape },
  backend,
}: KernelCall<'dy', { readonly inputShape: readonly number[] }>): TensorInfo {
  checkSizes('globalAveragePoolGradient', 'inputShape', inputShape, 4, 1);
  checkNotEmpty('globalAveragePoolGradient', inputShape);
  const [batch, height, width, channels] = inputShape as [number, number, number, number];
  checkTensor('globalAveragePoolGradient', 'dy', dy, 'float32', 2);
  checkShape('globalAveragePoolGradient', 'dy', dy, [batch, channels]);
  const { kernels, address, makeOutput } = runtimeOf(backend);
  const dx = makeOutput(inputShape, 'float32');
  kernels.globalAveragePoolGradient(address(dy), address(dx), batch, height * width, channels);
  return dx;
}

function checkNotEmpty(kernel: string, shape: readonly number[]): void {
  if (shape.length === 4 && sizeOf(shape) > 0) return;
  throw new RangeError(
    `${kernel}: the images have shape ${shown(shape)}; expected [batch, height, width, channels], not empty.`,
  );
}
