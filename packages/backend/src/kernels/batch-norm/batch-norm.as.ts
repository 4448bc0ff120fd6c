import { blockRows } from '../lanes/block-rows.as';
import { loadLanes, storeLanes } from '../lanes/lanes.as';
import { multiplyAdd } from '../lanes/multiply-add.as';

/**
 * Mean and biased variance of each channel.
 *
 * Two passes over each block while it is in the cache, then the blocks' moments are merged (Chan, Golub and
 * LeVeque 1979): exact to float32 rounding whatever the ratio of mean to deviation.
 */
export function moments(x: usize, rows: i32, channels: i32, mean: usize, variance: usize): void {
  momentsOfBlocks(false, x, rows, channels, mean, variance, 0);
}

/**
 * The mean of each channel of each block, and the sum of squares around it: `step` bytes from one block to the next. Merged
 * by `mergeMoments` they give what `moments` gives.
 */
export function blockMoments(x: usize, rows: i32, channels: i32, means: usize, squares: usize, step: usize): void {
  momentsOfBlocks(true, x, rows, channels, means, squares, step);
}

// @ts-ignore: decorator
@inline
function momentsOfBlocks(
  apart: bool, x: usize, rows: i32, channels: i32, mean: usize, variance: usize, step: usize,
): void {
  const atOnce = blockRows(channels), whole = channels & ~3;
  for (let row = 0; row < rows; row += atOnce) {
    const count = min(atOnce, rows - row);
    const block = x + (<usize>(row * channels) << 2);
    let channel = 0;
    for (; channel < whole; channel += 4) momentsOfBlock(apart, false, block, row, count, rows, channels, channel, mean, variance);
    for (; channel < channels; channel++) momentsOfBlock(apart, true, block, row, count, rows, channels, channel, mean, variance);
    mean += step;
    variance += step;
  }
}

/** Mean and biased variance of each channel from what `blockMoments` wrote of all blocks of these rows. */
export function mergeMoments(
  means: usize, squares: usize, step: usize, rows: i32, channels: i32, mean: usize, variance: usize,
): void {
  const atOnce = blockRows(channels), whole = channels & ~3;
  for (let row = 0; row < rows; row += atOnce) {
    const count = min(atOnce, rows - row);
    let channel = 0;
    for (; channel < whole; channel += 4) mergeBlock(false, means, squares, row, count, rows, channel, mean, variance);
    for (; channel < channels; channel++) mergeBlock(true, means, squares, row, count, rows, channel, mean, variance);
    means += step;
    squares += step;
  }
}

// @ts-ignore: decorator
@inline
function mergeBlock(
  one: bool, means: usize, squares: usize, before: i32, count: i32, rows: i32, channel: i32, mean: usize, variance: usize,
): void {
  const offset = <usize>channel << 2;
  mergeInto(one, loadLanes(one, means + offset), loadLanes(one, squares + offset), before, count, rows, mean + offset, variance + offset);
}

// @ts-ignore: decorator
@inline
function momentsOfBlock(
  apart: bool, one: bool, block: usize, before: i32, count: i32, rows: i32, channels: i32, channel: i32, mean: usize, variance: usize,
): void {
  const offset = <usize>channel << 2, stride = <usize>channels << 2;
  const start = block + offset, end = start + <usize>count * stride, end4 = start + <usize>(count & ~3) * stride;
  let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), d = f32x4.splat(0);
  let p = start;
  for (; p < end4; p += stride) {
    a = f32x4.add(a, loadLanes(one, p));
    p += stride;
    b = f32x4.add(b, loadLanes(one, p));
    p += stride;
    c = f32x4.add(c, loadLanes(one, p));
    p += stride;
    d = f32x4.add(d, loadLanes(one, p));
  }
  for (; p < end; p += stride) a = f32x4.add(a, loadLanes(one, p));
  const blockMean = f32x4.div(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.splat(<f32>count));

  a = f32x4.splat(0); b = a; c = a; d = a;
  p = start;
  for (; p < end4; p += stride) {
    const x0 = f32x4.sub(loadLanes(one, p), blockMean);
    a = multiplyAdd(x0, x0, a);
    p += stride;
    const x1 = f32x4.sub(loadLanes(one, p), blockMean);
    b = multiplyAdd(x1, x1, b);
    p += stride;
    const x2 = f32x4.sub(loadLanes(one, p), blockMean);
    c = multiplyAdd(x2, x2, c);
    p += stride;
    const x3 = f32x4.sub(loadLanes(one, p), blockMean);
    d = multiplyAdd(x3, x3, d);
  }
  for (; p < end; p += stride) {
    const x0 = f32x4.sub(loadLanes(one, p), blockMean);
    a = multiplyAdd(x0, x0, a);
  }
  const squares = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  if (apart) {
    storeLanes(one, mean + offset, blockMean);
    storeLanes(one, variance + offset, squares);
  } else {
    mergeInto(one, blockMean, squares, before, count, rows, mean + offset, variance + offset);
  }
}

/** Merges the moments of a block with those of the rows before it; after the last one, squares become the variance. */
// @ts-ignore: decorator
@inline
function mergeInto(
  one: bool, blockMean: v128, squares: v128, before: i32, count: i32, rows: i32, mean: usize, variance: usize,
): void {
  let merged = blockMean;
  if (before > 0) {
    const oldMean = loadLanes(one, mean);
    const delta = f32x4.sub(blockMean, oldMean);
    const share = <f32>count / <f32>(before + count);
    merged = multiplyAdd(delta, f32x4.splat(share), oldMean);
    const between = f32x4.mul(f32x4.mul(delta, delta), f32x4.splat(<f32>before * share));
    squares = f32x4.add(f32x4.add(loadLanes(one, variance), squares), between);
  }
  if (before + count == rows) squares = f32x4.div(squares, f32x4.splat(<f32>rows));
  storeLanes(one, mean, merged);
  storeLanes(one, variance, squares);
}

/**
 * Σ g and Σ g · (x − mean) of each channel over the rows, block by block of them: all that the derivatives of batch norm need.
 * If `step` is not 0, each block has sums of its own, that many bytes behind those of the block before.
 */
export function centredSums(
  g: usize, x: usize, rows: i32, channels: i32, mean: usize, sums: usize, products: usize, step: usize,
): void {
  const atOnce = blockRows(channels), whole = channels & ~3;
  for (let row = 0; row < rows; row += atOnce) {
    const count = min(atOnce, rows - row);
    if (row === 0 || step !== 0) {
      memory.fill(sums, 0, <usize>channels << 2);
      memory.fill(products, 0, <usize>channels << 2);
    }
    const block = <usize>(row * channels) << 2;
    let channel = 0;
    for (; channel < whole; channel += 4) addSums(false, g + block, x + block, count, channels, channel, mean, sums, products);
    for (; channel < channels; channel++) addSums(true, g + block, x + block, count, channels, channel, mean, sums, products);
    sums += step;
    products += step;
  }
}

// @ts-ignore: decorator
@inline
function addSums(
  one: bool, g: usize, x: usize, count: i32, channels: i32, channel: i32, mean: usize, sums: usize, products: usize,
): void {
  const offset = <usize>channel << 2, stride = <usize>channels << 2;
  const centre = loadLanes(one, mean + offset);
  let p = g + offset, q = x + offset;
  const end = p + <usize>count * stride, end2 = p + <usize>(count & ~1) * stride;
  let s0 = f32x4.splat(0), s1 = s0, t0 = s0, t1 = s0;
  while (p < end2) {
    const g0 = loadLanes(one, p);
    s0 = f32x4.add(s0, g0);
    t0 = multiplyAdd(g0, f32x4.sub(loadLanes(one, q), centre), t0);
    p += stride;
    q += stride;
    const g1 = loadLanes(one, p);
    s1 = f32x4.add(s1, g1);
    t1 = multiplyAdd(g1, f32x4.sub(loadLanes(one, q), centre), t1);
    p += stride;
    q += stride;
  }
  if (p < end) {
    const g0 = loadLanes(one, p);
    s0 = f32x4.add(s0, g0);
    t0 = multiplyAdd(g0, f32x4.sub(loadLanes(one, q), centre), t0);
  }
  storeLanes(one, sums + offset, f32x4.add(loadLanes(one, sums + offset), f32x4.add(s0, s1)));
  storeLanes(one, products + offset, f32x4.add(loadLanes(one, products + offset), f32x4.add(t0, t1)));
}

/** y = (x − mean) · slope + offset, each of the three by channel. */
export function normalise(
  x: usize, y: usize, rows: i32, channels: i32, mean: usize, slope: usize, offset: usize,
): void {
  const step = blockRows(channels), whole = channels & ~3;
  for (let row = 0; row < rows; row += step) {
    const count = min(step, rows - row);
    const block = <usize>(row * channels) << 2;
    let channel = 0;
    for (; channel < whole; channel += 4) normaliseBlock(false, x + block, y + block, count, channels, channel, mean, slope, offset);
    for (; channel < channels; channel++) normaliseBlock(true, x + block, y + block, count, channels, channel, mean, slope, offset);
  }
}

// @ts-ignore: decorator
@inline
function normaliseBlock(
  one: bool, x: usize, y: usize, count: i32, channels: i32, channel: i32, mean: usize, slope: usize, offset: usize,
): void {
  const at = <usize>channel << 2, stride = <usize>channels << 2;
  const m = loadLanes(one, mean + at), s = loadLanes(one, slope + at), o = loadLanes(one, offset + at);
  let p = x + at, q = y + at;
  for (const end = p + <usize>count * stride; p < end; p += stride) {
    storeLanes(one, q, multiplyAdd(f32x4.sub(loadLanes(one, p), m), s, o));
    q += stride;
  }
}

/** out = g · gSlope + (x − mean) · xSlope + offset, by channel: gradient and directional derivative alike. */
export function normaliseDerivative(
  g: usize, x: usize, out: usize, rows: i32, channels: i32, mean: usize, gSlope: usize, xSlope: usize, offset: usize,
): void {
  const step = blockRows(channels), whole = channels & ~3;
  for (let row = 0; row < rows; row += step) {
    const count = min(step, rows - row);
    const block = <usize>(row * channels) << 2;
    let channel = 0;
    for (; channel < whole; channel += 4) derivativeBlock(false, g + block, x + block, out + block, count, channels, channel, mean, gSlope, xSlope, offset);
    for (; channel < channels; channel++) derivativeBlock(true, g + block, x + block, out + block, count, channels, channel, mean, gSlope, xSlope, offset);
  }
}

// @ts-ignore: decorator
@inline
function derivativeBlock(
  one: bool, g: usize, x: usize, out: usize, count: i32, channels: i32, channel: i32,
  mean: usize, gSlope: usize, xSlope: usize, offset: usize,
): void {
  const at = <usize>channel << 2, stride = <usize>channels << 2;
  const m = loadLanes(one, mean + at), o = loadLanes(one, offset + at);
  const gs = loadLanes(one, gSlope + at), xs = loadLanes(one, xSlope + at);
  let p = g + at, q = x + at, r = out + at;
  for (const end = p + <usize>count * stride; p < end; p += stride) {
    const affine = multiplyAdd(f32x4.sub(loadLanes(one, q), m), xs, o);
    storeLanes(one, r, multiplyAdd(loadLanes(one, p), gs, affine));
    q += stride;
    r += stride;
  }
}
