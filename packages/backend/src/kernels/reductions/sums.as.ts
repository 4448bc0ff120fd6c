import { channelSums } from '../batch-norm/sum-per-channel.as';

/** The sum over the middle axis of x `[outer, length, inner]`. */
export function sumMiddle(x: usize, outer: i32, length: i32, inner: i32, out: usize): void {
  const bytes = <usize>inner << 2;
  for (let i = 0; i < outer; i++) {
    channelSums(x, length, inner, out);
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
