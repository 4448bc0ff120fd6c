import { channelSums } from '../batch-norm/sum-per-channel.as';

/** The sum over the middle axis of x `[outer, length, inner]`. */
export function sumMiddle(x: usize, outer: i32, length: i32, inner: i32, out: usize): void {
  const bytes = <usize>inner << 2;
  for (let i = 0; i < outer; i++) {
    channelSums(x, length, inner, out, 0);
    x += <usize>length * bytes;
    out += bytes;
  }
}

/** The sum of each row of x `[rows, length]`. */
export function rowSums(x: usize, rows: i32, length: i32, out: usize): void {
  for (const end = out + (<usize>rows << 2); out < end; out += 4) {
    store<f32>(out, rowSum(x, length));
    x += <usize>length << 2;
  }
}

/**
 * x `[outer, length, inner]` over its middle axis, by `divisor`: each sum is a single chain, from first to last, as it is in
 * TensorFlow.js. For few values, which leave no time to be lost.
 */
export function chainSums(x: usize, outer: i32, length: i32, inner: i32, divisor: f32, out: usize): void {
  const step = <usize>inner << 2, row = <usize>length * step;
  let left = outer;
  // Of rows, four at a time: an addition waits for the one before.
  if (inner === 1) {
    for (; left >= 4; left -= 4) {
      let a: f32 = 0, b: f32 = 0, c: f32 = 0, d: f32 = 0;
      const x1 = x + row, x2 = x1 + row, x3 = x2 + row;
      for (let at: usize = 0; at < row; at += 4) {
        a += load<f32>(x + at);
        b += load<f32>(x1 + at);
        c += load<f32>(x2 + at);
        d += load<f32>(x3 + at);
      }
      store<f32>(out, a / divisor);
      store<f32>(out, b / divisor, 4);
      store<f32>(out, c / divisor, 8);
      store<f32>(out, d / divisor, 12);
      x = x3 + row;
      out += 16;
    }
  }
  for (; left > 0; left--) {
    for (let k: usize = 0; k < step; k += 4) {
      let sum: f32 = 0;
      for (let at = x + k; at < x + row; at += step) sum += load<f32>(at);
      store<f32>(out, sum / divisor);
      out += 4;
    }
    x += row;
  }
}

/** Blocks are summed on their own: the rounding of a long row grows with the number of its blocks. */
// @ts-ignore: decorator
@inline
function rowSum(x: usize, length: i32): f32 {
  let total: f32 = 0;
  for (; length >= 4096; length -= 4096) {
    total += blockSum(x, 4096);
    x += 16384;
  }
  return total + blockSum(x, length);
}

function blockSum(x: usize, length: i32): f32 {
  const end = x + (<usize>length << 2), whole = x + (<usize>(length & ~3) << 2), whole16 = x + (<usize>(length & ~15) << 2);
  let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), d = f32x4.splat(0);
  for (; x < whole16; x += 64) {
    a = f32x4.add(a, v128.load(x));
    b = f32x4.add(b, v128.load(x, 16));
    c = f32x4.add(c, v128.load(x, 32));
    d = f32x4.add(d, v128.load(x, 48));
  }
  for (; x < whole; x += 16) a = f32x4.add(a, v128.load(x));
  const lanes = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  let sum =
    f32x4.extract_lane(lanes, 0) + f32x4.extract_lane(lanes, 1) +
    (f32x4.extract_lane(lanes, 2) + f32x4.extract_lane(lanes, 3));
  for (; x < end; x += 4) sum += load<f32>(x);
  return sum;
}
