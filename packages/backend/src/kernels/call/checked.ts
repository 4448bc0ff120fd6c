import type { TensorInfo } from '@tensorflow/tfjs-core';
import { wasmHost } from './array-host.js';
import { shown } from './checks.js';

/** TensorFlow.js' own kernel, run only on calls that a check lets pass. */
export const checked =
  <Call>(check: (call: Call) => void) =>
  (call: Call, stock: (call: Call) => TensorInfo): TensorInfo => {
    check(call);
    return stock(call);
  };

/**
 * Refuses indices, on wasm, of which one lies outside its axis: the compiled kernels read or write wherever it points.
 *
 * @param sizes of the axes that the last axis of `indices`, int32, runs over.
 * @throws RangeError that names the kernel, the argument, the index and the axes.
 */
export function checkIndices(
  kernel: string,
  name: string,
  indices: TensorInfo,
  sizes: readonly number[],
  backend: unknown,
): void {
  const values = wasmHost(backend).integers(indices);
  for (let i = 0; i < values.length; i++) {
    const axis = i % sizes.length;
    if (values[i]! >= 0 && values[i]! < sizes[axis]!) continue;
    const point = values.subarray(i - axis, i - axis + sizes.length);
    throw new RangeError(
      `${kernel}: ${name} has ${shown([...point])}; expected whole numbers from 0, below ${shown(sizes)}.`,
    );
  }
}
