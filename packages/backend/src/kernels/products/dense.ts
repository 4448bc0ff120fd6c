import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkShape, checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { multiplyRows } from './mat-mul.js';

/**
 * `MetadistillDense` on wasm: y = x·w + b.
 *
 * `x` is `[batch, inputs]`, `weight` `[inputs, outputs]` and `bias` `[outputs]`, all float32.
 *
 * @returns `[batch, outputs]`.
 * @throws TypeError or RangeError if dtypes, ranks or sizes do not fit.
 */
export function dense({ inputs, backend }: KernelCall<'x' | 'weight' | 'bias'>): TensorInfo {
  const { x, weight, bias } = inputs;
  checkTensor('dense', 'x', x, 'float32', 2);
  checkTensor('dense', 'weight', weight, 'float32', 2);
  checkTensor('dense', 'bias', bias, 'float32', 1);
  const [rows, inner] = x.shape as [number, number];
  const columns = weight.shape[1] as number;
  checkShape('dense', 'weight', weight, [inner, columns]);
  checkShape('dense', 'bias', bias, [columns]);
  const runtime = runtimeOf(backend);
  const { address } = runtime;
  const y = runtime.makeOutput([rows, columns], 'float32');
  const sizes = { rows, inner, columns };
  multiplyRows(runtime, address(x), address(weight), address(y), sizes, false, { bias: address(bias) });
  return y;
}
