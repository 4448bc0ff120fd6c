import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

/** Attributes of `Sum` and `Mean`. */
export interface ReductionAttributes {
  /** All, if left out. */
  readonly axis?: number | number[];
  readonly keepDims?: boolean;
}

type Call = KernelCall<'x', ReductionAttributes>;

/**
 * `Sum` on wasm over axes that are next to each other, in one pass. TensorFlow.js transposes unless they are the last ones,
 * and adds one number at a time.
 *
 * `x` is float32 of any rank, not empty.
 */
export const sum = ({ inputs: { x }, attrs, backend }: Call): TensorInfo => reduce(x, attrs, false, backend);

/** `Mean` on wasm, for the same calls. */
export const mean = ({ inputs: { x }, attrs, backend }: Call): TensorInfo => reduce(x, attrs, true, backend);

/** The calls that `sum` and `mean` take: neighbouring axes. */
export const sumsNeighbours = ({ inputs: { x }, attrs: { axis } }: Call): boolean =>
  x.dtype === 'float32' && sizeOf(x.shape) > 0 && spanOf(x.shape, axis) !== undefined;

function reduce(
  x: TensorInfo,
  { axis, keepDims }: ReductionAttributes,
  isMean: boolean,
  backend: unknown,
): TensorInfo {
  const { kernels, address, makeOutput } = runtimeOf(backend);
  const { first, end } = spanOf(x.shape, axis)!;
  const shape: number[] = [];
  let [outer, length, inner] = [1, 1, 1];
  for (let at = 0; at < x.shape.length; at++) {
    const size = x.shape[at]!;
    const isSummed = at >= first && at < end;
    if (isSummed) length *= size;
    else if (at < first) outer *= size;
    else inner *= size;
    if (!isSummed || keepDims) shape.push(isSummed ? 1 : size);
  }
  const output = makeOutput(shape, 'float32');
  const [from, to] = [address(x), address(output)];
  if (isShort(outer, length, inner)) {
    kernels.chainSums(from, outer, length, inner, isMean ? length : 1, to);
    return output;
  }
  if (inner === 1) kernels.rowSums(from, outer, length, to);
  else kernels.sumMiddle(from, outer, length, inner, to);
  if (isMean) kernels.scale(to, to, outer * inner, 1 / length);
  return output;
}

/** Whether there is too little to add for sums side by side. */
function isShort(outer: number, length: number, inner: number): boolean {
  if (inner === 1) return length < 32 || outer * length < 128;
  return outer > 1 && length * inner < 16;
}

/** Axes next to each other: from `first` to before `end`. */
interface Span {
  readonly first: number;
  readonly end: number;
}

/** The axes of a sum if they are next to each other, and at least one. */
function spanOf(shape: number[], axis: number | number[] | undefined | null): Span | undefined {
  const rank = shape.length;
  if (axis === undefined || axis === null) return rank > 0 ? { first: 0, end: rank } : undefined;
  // Most calls name one axis, or several in their order: no list is made for those.
  const isOne = typeof axis === 'number';
  const given = isOne ? axis : axis[0];
  const first = given! < 0 ? given! + rank : given!;
  const count = isOne ? 1 : axis.length;
  let inOrder = Number.isInteger(first) && first >= 0 && first + count <= rank;
  for (let i = 1; i < count && inOrder; i++) inOrder = (axis as number[])[i] === given! + i;
  if (inOrder) return { first, end: first + count };
  const axes = util.parseAxisParam(axis, shape).sort((a, b) => a - b);
  if (axes.length === 0 || axes.some((each, i) => each !== axes[0]! + i)) return undefined;
  return { first: axes[0]!, end: axes.at(-1)! + 1 };
}
