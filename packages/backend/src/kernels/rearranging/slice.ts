import { describeValue } from '@metadistill/options';
import { backend_util, slice_util, type Tensor, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { wasmHost } from '../call/array-host.js';
import { axisOf, isSize, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

/** Attributes of `Slice`; a size of -1 reaches to the end of its axis. */
export interface SliceAttributes {
  readonly begin: number | readonly number[];
  readonly size: number | readonly number[];
}

/** Attributes of `SplitV`: equal parts of that number, or the length of each. */
export interface SplitAttributes {
  readonly numOrSizeSplits: number | readonly number[];
  readonly axis: number;
}

/**
 * `Slice` on wasm: copies the numbers that it returns, where stock first copies the whole tensor, so that `predict` in batches
 * costs the square of the number of examples.
 *
 * `x` is of any rank, float32, int32 or bool.
 *
 * @throws Error of TensorFlow.js if the slice does not lie in x.
 */
export function slice({ inputs: { x }, attrs, backend }: KernelCall<'x', SliceAttributes>): TensorInfo {
  checkLengths('slice', 'begin', attrs.begin, 0, x.shape.length);
  checkLengths('slice', 'size', attrs.size ?? [], -1, x.shape.length);
  const [begin, size] = slice_util.parseSliceParams(
    x as Tensor,
    attrs.begin as number[],
    attrs.size as number[],
  ) as [number[], number[]];
  slice_util.assertParamsValid(x as Tensor, begin, size);
  return copyBlock(x, begin, size, backend);
}

/** `SplitV` on wasm, by slices. */
export function split({ inputs: { x }, attrs, backend }: KernelCall<'x', SplitAttributes>): TensorInfo[] {
  const axis = axisOf('split', attrs.axis, x);
  checkLengths(
    'split',
    'numOrSizeSplits',
    attrs.numOrSizeSplits,
    Array.isArray(attrs.numOrSizeSplits) ? -1 : 1,
    Number.POSITIVE_INFINITY,
  );
  let from = 0;
  return backend_util.prepareSplitSize(x as Tensor, attrs.numOrSizeSplits as number[], axis).map((length) => {
    const begin = x.shape.map((_, k) => (k === axis ? from : 0));
    from += length;
    return copyBlock(x, begin, x.shape.with(axis, length), backend);
  });
}

/** `Unpack` on wasm, by slices: one for each place along an axis, which is then gone. */
export function unpack({
  inputs: { value },
  attrs,
  backend,
}: KernelCall<'value', { readonly axis: number }>): TensorInfo[] {
  const axis = axisOf('unpack', attrs.axis, value);
  return Array.from({ length: value.shape[axis]! }, (_, place) => {
    const begin = value.shape.map((_, k) => (k === axis ? place : 0));
    const block = copyBlock(value, begin, value.shape.with(axis, 1), backend);
    return { ...block, shape: value.shape.toSpliced(axis, 1) };
  });
}

/** Refuses what is neither a whole number from `least`, nor a list of at most `most` of them. */
function checkLengths(kernel: string, name: string, given: unknown, least: number, most: number): void {
  if (most > 0 && isSize(given, least)) return;
  if (Array.isArray(given) && given.length <= most && given.every((length) => isSize(length, least))) return;
  throw new RangeError(
    `${kernel}: ${name} is ${describeValue(given)}; expected a whole number from ${least}, or a list of one for each axis.`,
  );
}

/** The block of x that begins there. */
function copyBlock(x: TensorInfo, begin: readonly number[], size: number[], backend: unknown): TensorInfo {
  const host = wasmHost(backend);
  const y = host.make(size, x.dtype);
  if (sizeOf(size) === 0) return y;
  const strides = [...util.computeStrides([...x.shape]), 1];
  // Whole axes at the end lie side by side: with the axis before them, they are one run.
  let axes = size.length;
  while (axes > 0 && size[axes - 1] === x.shape[axes - 1]) axes--;
  const run = sizeOf(size.slice(Math.max(axes - 1, 0)));
  const outer = size.slice(0, Math.max(axes - 1, 0));
  const [from, to] = [host.bits(x), host.bits(y)];
  const position = outer.map(() => 0);
  let start = begin.reduce((sum, first, axis) => sum + first * strides[axis]!, 0);
  for (let target = 0; ; target += run) {
    if (run < 16) for (let i = 0; i < run; i++) to[target + i] = from[start + i]!;
    else to.set(from.subarray(start, start + run), target);
    let axis = outer.length - 1;
    for (; axis >= 0; axis--) {
      start += strides[axis]!;
      position[axis]!++;
      if (position[axis]! < outer[axis]!) break;
      start -= strides[axis]! * outer[axis]!;
      position[axis] = 0;
    }
    if (axis < 0) return y;
  }
}
