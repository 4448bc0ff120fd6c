import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

/**
 * Refuses a tensor of another dtype or rank.
 *
 * @throws TypeError that names the kernel, the argument, and what was expected.
 */
export function checkTensor(
  kernel: string,
  name: string,
  tensor: TensorInfo,
  dtype: DataType,
  rank?: number,
): void {
  if (tensor.dtype === dtype && (rank === undefined || tensor.shape.length === rank)) return;
  const wanted = rank === undefined ? dtype : `${dtype} of rank ${rank}`;
  throw new TypeError(`${kernel}: ${name} is ${tensor.dtype} ${shown(tensor.shape)}; expected ${wanted}.`);
}

/**
 * Refuses a tensor of another shape.
 *
 * @throws RangeError that names the kernel, the argument, and what was expected.
 */
export function checkShape(
  kernel: string,
  name: string,
  tensor: TensorInfo,
  expected: readonly number[],
): void {
  const { shape } = tensor;
  if (shape.length === expected.length && shape.every((size, axis) => size === expected[axis])) return;
  throw new RangeError(`${kernel}: ${name} has shape ${shown(shape)}; expected ${shown(expected)}.`);
}

/** A shape as it is written: `[2, 3]`. */
export const shown = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

/** The number of values of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, axis) => size * axis, 1);
