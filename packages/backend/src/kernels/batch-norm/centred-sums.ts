import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf, type WasmRuntime } from '../../wasm/wasm-runtime.js';
import { checkShape, checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { rowsOf } from './batch-norm-channels.js';
import { addRows } from './reduce-rows.js';

/**
 * `MetadistillCentredSums` on wasm: Σ dy and Σ dy · (x − mean) of each channel, all that the gradients of a batch norm by
 * given moments need, in one pass.
 *
 * `x` and `dy` are float32 `[..., channels]`, `mean` is `[channels]`.
 *
 * @returns both sums, `[channels]` each.
 * @throws TypeError or RangeError if dtypes or shapes do not fit, or x is empty.
 */
export function centredSums({ inputs, backend }: KernelCall<'x' | 'dy' | 'mean'>): TensorInfo[] {
  const { x, dy, mean } = inputs;
  const { rows, channels } = rowsOf('centredSums', x, { mean });
  checkTensor('centredSums', 'dy', dy, 'float32');
  checkShape('centredSums', 'dy', dy, x.shape);
  const runtime = runtimeOf(backend);
  const { address, makeOutput } = runtime;
  const sums = makeOutput([channels], 'float32');
  const products = makeOutput([channels], 'float32');
  addCentred(runtime, {
    g: address(dy),
    x: address(x),
    mean: address(mean),
    sums: address(sums),
    products: address(products),
    rows,
    channels,
  });
  return [sums, products];
}

/** Writes Σ g and Σ g · (x − mean) of each channel of g and x `[rows, channels]`. */
export function addCentred(
  runtime: WasmRuntime,
  given: Readonly<Record<'g' | 'x' | 'mean' | 'sums' | 'products' | 'rows' | 'channels', number>>,
): void {
  const { g, x, mean, sums, products, rows, channels } = given;
  addRows(runtime, {
    kernel: 'centredSums',
    rows,
    channels,
    costOfFloat: 8,
    to: [sums, products],
    job: ({ from, count }, [toSums, toProducts], step) => {
      const at = 4 * from * channels;
      return [g + at, x + at, count, channels, mean, toSums as number, toProducts as number, step];
    },
  });
}
