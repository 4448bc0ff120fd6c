import { describeValue } from '@metadistill/options';
import type { backend_util } from '@tensorflow/tfjs-core';
import { isSize } from './checks.js';

/** The padding of windows, as TensorFlow.js takes it. */
export type Padding = 'valid' | 'same' | number | backend_util.ExplicitPadding;

/** More positions on padding than that are a mistake. */
const mostPadding = 2 ** 20;

/**
 * Strides, dilations or sizes of windows by axis.
 *
 * @param given one for all axes, or a list of one for each.
 * @throws RangeError if one is no whole number from 1.
 */
export function perAxis(kernel: string, name: string, given: unknown, axes: number): readonly number[] {
  const list = typeof given === 'number' ? new Array<unknown>(axes).fill(given) : given;
  if (Array.isArray(list) && list.length === axes && list.every((size) => isSize(size, 1))) return list;
  throw new RangeError(
    `${kernel}: ${name} is ${describeValue(given)}; expected a whole number from 1, or a list of ${axes}.`,
  );
}

/**
 * Refuses what is no padding of images `[batch, ..., channels]`.
 *
 * @throws RangeError if it is neither `valid`, `same`, a whole number from 0, nor a pair of them for each axis.
 */
export function checkPadding(kernel: string, pad: unknown, rank: number): asserts pad is Padding {
  const fits = (size: unknown) => isSize(size, 0) && size <= mostPadding;
  const isPair = (pair: unknown) => Array.isArray(pair) && pair.length === 2 && pair.every(fits);
  if (pad === 'valid' || pad === 'same' || fits(pad)) return;
  if (Array.isArray(pad) && pad.length === rank && pad.every(isPair)) return;
  throw new RangeError(
    `${kernel}: pad is ${Array.isArray(pad) ? `[${pad.map(describeValue).join(', ')}]` : describeValue(pad)}; expected 'valid', 'same', a whole number from 0 to ${mostPadding}, or ${rank} pairs of them.`,
  );
}

/**
 * Refuses what is no way to round the number of windows.
 *
 * @throws RangeError if it is given, and none of the three.
 */
export function checkRounding(kernel: string, mode: unknown): void {
  if (mode === undefined || mode === null || mode === 'floor' || mode === 'round' || mode === 'ceil') return;
  throw new RangeError(
    `${kernel}: dimRoundingMode is ${describeValue(mode)}; expected floor, round or ceil.`,
  );
}
