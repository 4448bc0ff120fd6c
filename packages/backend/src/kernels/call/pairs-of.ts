import type { TensorInfo } from '@tensorflow/tfjs-core';
import { checkShape, checkTensor } from './checks.js';

/** A call on two lists of tensors of equal length, the second after the first. */
export interface ListCall<Attributes = unknown> {
  readonly inputs: readonly TensorInfo[];
  readonly attrs: Attributes;
  readonly backend: unknown;
}

/**
 * The pairs of x and y in such a list.
 *
 * @throws TypeError or RangeError if dtypes or shapes do not fit, or a tensor has no partner.
 */
export function pairsOf(
  kernel: string,
  inputs: readonly TensorInfo[],
): { readonly x: TensorInfo; readonly y: TensorInfo }[] {
  const count = inputs.length / 2;
  if (!Number.isInteger(count)) {
    throw new RangeError(`${kernel}: inputs has ${inputs.length} tensors; expected as many y as x.`);
  }
  return inputs.slice(0, count).map((x, i) => {
    const y = inputs[count + i] as TensorInfo;
    checkTensor(kernel, `x[${i}]`, x, 'float32');
    checkTensor(kernel, `y[${i}]`, y, 'float32');
    checkShape(kernel, `y[${i}]`, y, x.shape);
    return { x, y };
  });
}
