import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { wasmHost } from '../call/array-host.js';
import { checkNumbers, checkSize, checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

/** Attributes of `OneHot`. */
export interface OneHotAttributes {
  readonly depth: number;
  readonly onValue: number;
  readonly offValue: number;
  readonly dtype: DataType;
}

/**
 * `OneHot` of float32 on wasm: y[i, k] = onValue if indices[i] = k, else offValue. Stock writes the bits of whole numbers, so
 * that a 1 is read as 1.4e-45.
 *
 * `indices` is int32; an index that is none of 0 <= k < depth gives a row of `offValue`.
 *
 * @returns y of shape `[...indices.shape, depth]`.
 * @throws TypeError if `indices` is not int32, RangeError if `depth` is no whole number from 0.
 */
export function oneHot({
  inputs: { indices },
  attrs: { depth, onValue, offValue, dtype },
  backend,
}: KernelCall<'indices', OneHotAttributes>): TensorInfo {
  checkTensor('oneHot', 'indices', indices, 'int32');
  checkSize('oneHot', 'depth', depth, 0);
  checkNumbers('oneHot', { onValue, offValue });
  const host = wasmHost(backend);
  const y = host.make([...indices.shape, depth], dtype);
  const [ids, rows] = [host.integers(indices), host.floats(y)];
  rows.fill(offValue);
  ids.forEach((id, i) => {
    if (id >= 0 && id < depth) rows[i * depth + id] = onValue;
  });
  return y;
}
