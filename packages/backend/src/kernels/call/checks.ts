import { describeValue } from '@metadistill/options';
import { type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core';

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

/**
 * Refuses a tensor of a dtype that the kernel does not compute.
 *
 * @throws TypeError that names the kernel, the argument, and what was expected.
 */
export function checkDtype(
  kernel: string,
  name: string,
  { dtype, shape }: TensorInfo,
  dtypes: readonly DataType[],
): void {
  if (dtypes.includes(dtype)) return;
  throw new TypeError(
    `${kernel}: ${name} is ${dtype} ${shown(shape)}; expected ${dtypes.join(' or ')}. Cast it first.`,
  );
}

/**
 * Refuses an attribute that is none of those that the kernel knows.
 *
 * @throws RangeError that names the kernel, the attribute, and what was expected.
 */
export function checkOneOf(kernel: string, name: string, given: unknown, known: readonly unknown[]): void {
  if (known.includes(given)) return;
  throw new RangeError(
    `${kernel}: ${name} is ${describeValue(given)}; expected ${known.map(describeValue).join(' or ')}.`,
  );
}

/**
 * Refuses attributes that are no finite numbers.
 *
 * @throws RangeError that names the kernel, the attribute, and what was expected.
 */
export function checkFinite(kernel: string, attributes: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (Number.isFinite(value)) continue;
    throw new RangeError(`${kernel}: ${name} is ${describeValue(value)}; expected a finite number.`);
  }
}

/** The largest size, stride or dilation: the kernels count in 32 bits, and add two or three of them. */
const mostSize = 2 ** 30;

/** Whether a size is one: a whole number from `least`. */
export const isSize = (size: unknown, least: number): size is number =>
  Number.isSafeInteger(size) && (size as number) >= least && (size as number) <= mostSize;

/**
 * Refuses an attribute that is no number of things.
 *
 * @throws RangeError that names the kernel, the attribute, and what was expected.
 */
export function checkSize(
  kernel: string,
  name: string,
  size: unknown,
  least: number,
): asserts size is number {
  if (isSize(size, least)) return;
  throw new RangeError(
    `${kernel}: ${name} is ${describeValue(size)}; expected a whole number from ${least} to ${mostSize}.`,
  );
}

/**
 * Refuses a shape, given as an attribute, of another rank or with a size below `least`.
 *
 * @param leastOfFirst of the first size: 0 for a batch that may be of nothing.
 *
 * @throws RangeError that names the kernel, the attribute, and what was expected.
 */
export function checkSizes(
  kernel: string,
  name: string,
  shape: unknown,
  rank: number,
  least: number,
  leastOfFirst = least,
): asserts shape is readonly number[] {
  const fits = (size: unknown, axis: number) => isSize(size, axis === 0 ? leastOfFirst : least);
  if (Array.isArray(shape) && shape.length === rank && shape.every(fits)) return;
  throw new RangeError(
    `${kernel}: ${name} is ${describeValue(shape)}; expected ${rank} whole sizes from ${least} to ${mostSize}.`,
  );
}

/**
 * Refuses attributes that are no numbers.
 *
 * @param names of those that have to be; left out, all.
 * @throws TypeError that names the kernel, the attribute, and what was expected.
 */
export function checkNumbers<Attributes extends object>(
  kernel: string,
  attributes: Attributes,
  names: readonly (keyof Attributes)[] = Object.keys(attributes) as (keyof Attributes)[],
): void {
  for (const name of names) {
    if (typeof attributes[name] === 'number') continue;
    throw new TypeError(
      `${kernel}: ${String(name)} is ${describeValue(attributes[name])}; expected a number.`,
    );
  }
}

/**
 * One axis of a tensor, counted from the first; given as -1 it is the last.
 *
 * @throws RangeError, or Error of TensorFlow.js, if it is none.
 */
export function axisOf(kernel: string, axis: number, { shape }: TensorInfo): number {
  checkNumbers(kernel, { axis });
  return util.parseAxisParam(axis, [...shape])[0]!;
}

/** A shape as it is written: `[2, 3]`. */
export const shown = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

/** The number of values of a shape. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const axis of shape) size *= axis;
  return size;
}
