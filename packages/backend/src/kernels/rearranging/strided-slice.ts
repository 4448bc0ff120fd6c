import { describeValue } from '@metadistill/options';
import { slice_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { wasmHost } from '../call/array-host.js';
import { shown, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

/** Attributes of `StridedSlice`: a list for each of the first axes, and bits for places in these lists. */
export interface StridedSliceAttributes {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

/**
 * `StridedSlice` on wasm, in place of TensorFlow.js' own, which returns the bits of int32 as float32, writes beyond booleans, and
 * is wrong or traps where an axis is both dropped and in steps.
 *
 * `x` is of any rank, float32, int32 or bool.
 *
 * @throws RangeError if the lists differ in length or hold no whole numbers, or Error of TensorFlow.js if they do not fit x.
 */
export function stridedSlice({
  inputs: { x },
  attrs,
  backend,
}: KernelCall<'x', StridedSliceAttributes>): TensorInfo {
  checkAttributes(x, attrs);
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attrs;
  const slice = slice_util.sliceInfo(
    x.shape,
    ...([begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask] as const),
  );
  const lengths = slice_util.computeOutShape(slice.begin, slice.end, slice.strides);
  const { make, bits } = wasmHost(backend);
  const y = make(slice.finalShape, x.dtype);
  if (sizeOf(lengths) !== sizeOf(slice.finalShape)) {
    throw new RangeError(`stridedSlice: ${shown(lengths)} do not fill ${shown(slice.finalShape)}.`);
  }
  const [from, to] = [bits(x), bits(y)];
  let at = 0;
  const copy = (axis: number, first: number): void => {
    if (axis === lengths.length) {
      to[at++] = from[first]!;
      return;
    }
    const inner = sizeOf(x.shape.slice(axis + 1));
    for (let i = 0; i < lengths[axis]!; i++) {
      copy(axis + 1, first + (slice.begin[axis]! + i * slice.strides[axis]!) * inner);
    }
  };
  if (to.length > 0) copy(0, 0);
  return y;
}

function checkAttributes(x: TensorInfo, { begin, end, strides, ...masks }: StridedSliceAttributes): void {
  const length = Array.isArray(begin) ? begin.length : 0;
  for (const [name, list] of Object.entries({ begin, end, strides })) {
    const isList = Array.isArray(list) && list.length === length && list.every(Number.isSafeInteger);
    if (length > 0 && isList && (name !== 'strides' || !list.includes(0))) continue;
    throw new RangeError(
      `stridedSlice: ${name} is ${describeValue(list)} for ${shown(x.shape)}; expected as many whole numbers as begin has${name === 'strides' ? ', none of them 0' : ''}.`,
    );
  }
  for (const [name, mask] of Object.entries(masks)) {
    if (Number.isSafeInteger(mask) && mask >= 0) continue;
    throw new RangeError(
      `stridedSlice: ${name} is ${describeValue(mask)}; expected the bits of a whole number from 0.`,
    );
  }
}
