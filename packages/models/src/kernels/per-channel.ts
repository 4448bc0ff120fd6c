import {
  add,
  ones,
  type Rank,
  reshape,
  sum,
  type Tensor,
  type Tensor1D,
  tidy,
  tile,
  zeros,
} from '@tensorflow/tfjs-core';
import { product } from './products.js';
import { runFused } from './run-fused.js';

/**
 * A tensor `[..., width, channels]` as rows `[rows, width·channels]`.
 *
 * wasm broadcasts row by row at a cost for each: rows of 8 channels take four times as long as rows of 240.
 */
export const toWideRows = (x: Tensor): Tensor =>
  x.rank > 2 ? reshape(x, [-1, (x.shape.at(-2) as number) * (x.shape.at(-1) as number)]) : x;

/** Values `[channels]` repeated so that they line up with `toWideRows(x)`. */
export const alongWideRows = (values: Tensor1D, x: Tensor): Tensor =>
  x.rank > 2 ? tile(values, [x.shape.at(-2) as number]) : values;

/** x + values, `[channels]` along the last axis of `[..., channels]`. */
export const addPerChannel = (x: Tensor, values: Tensor1D): Tensor =>
  tidy(() => reshape(add(toWideRows(x), alongWideRows(values, x)), x.shape));

const zeroSums = new WeakSet<Tensor>();

/** Notes of a tensor that its sum per channel is zero, whatever rounding says. */
export function noteZeroSums<X extends Tensor>(x: X): X {
  zeroSums.add(x);
  return x;
}

/**
 * The sum over all axes but the last, `[channels]`. As a product with ones, an image needs no transposed copy.
 *
 * Of what `noteZeroSums` was told about, it is zeros; the kernel then adds if its arithmetic is `direct`.
 */
export function sumPerChannel(x: Tensor): Tensor1D {
  const isZero = zeroSums.has(x);
  const fused = runFused('MetadistillSumPerChannel', { x }, { isZero });
  if (fused) return fused[0] as Tensor1D;
  if (isZero) return zeros([x.shape.at(-1) as number]);
  if (x.rank === 2) return sum(x, 0);
  return tidy(() => {
    const rows = toWideRows(x);
    const [count, length] = rows.shape as [number, number];
    const totals = product(ones([1, count]), reshape<Rank.R2>(rows, [count, length]));
    return sum(reshape(totals, [-1, x.shape.at(-1) as number]), 0) as Tensor1D;
  });
}
