import { loadLanes, storeLanes } from '../lanes/lanes.as';
import { multiplyAdd } from '../lanes/multiply-add.as';

// Batch norm, ReLU and 2 × 2 max pooling in one: the normalised image and its rectified copy are never stored.
// argmax is the winner's position in its window, or −1 where its value is not above zero and no gradient passes.

/** Lanes of x at position `k` of a window, 0 to 3 row-major. */
// @ts-ignore: decorator
@inline
function winnerOf(one: bool, x: usize, pixel: usize, row: usize, winner: v128): v128 {
  const a = v128.and(loadLanes(one, x), i32x4.eq(winner, i32x4.splat(0)));
  const b = v128.and(loadLanes(one, x + pixel), i32x4.eq(winner, i32x4.splat(1)));
  const c = v128.and(loadLanes(one, x + row), i32x4.eq(winner, i32x4.splat(2)));
  const d = v128.and(loadLanes(one, x + row + pixel), i32x4.eq(winner, i32x4.splat(3)));
  return v128.or(v128.or(a, b), v128.or(c, d));
}

/** y = max(0, the largest (x − mean) · slope + offset of each window), and which it was. */
export function normaliseReluPool(
  x: usize, y: usize, argmax: usize, images: i32, height: i32, width: i32, channels: i32,
  mean: usize, slope: usize, offset: usize,
): void {
  poolWindows(true, x, y, argmax, images, height, width, channels, mean, slope, offset);
}

/** The same y, and no note of where it comes from. */
export function normaliseReluPoolValues(
  x: usize, y: usize, images: i32, height: i32, width: i32, channels: i32,
  mean: usize, slope: usize, offset: usize,
): void {
  poolWindows(false, x, y, 0, images, height, width, channels, mean, slope, offset);
}

// @ts-ignore: decorator
@inline
function poolWindows(
  noted: bool, x: usize, y: usize, argmax: usize, images: i32, height: i32, width: i32, channels: i32,
  mean: usize, slope: usize, offset: usize,
): void {
  const pixel = <usize>channels << 2, row = <usize>width * pixel, whole = channels & ~3;
  const rows = height >> 1, columns = width >> 1;
  for (let image = 0; image < images; image++) {
    for (let r = 0; r < rows; r++) {
      let corner = x + <usize>(image * height + 2 * r) * row;
      for (let c = 0; c < columns; c++) {
        let channel = 0;
        for (; channel < whole; channel += 4) {
          poolNormalised(noted, false, corner, pixel, row, y, argmax, <usize>channel << 2, mean, slope, offset);
        }
        for (; channel < channels; channel++) {
          poolNormalised(noted, true, corner, pixel, row, y, argmax, <usize>channel << 2, mean, slope, offset);
        }
        corner += pixel << 1;
        y += pixel;
        argmax += pixel;
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function poolNormalised(
  noted: bool, one: bool, corner: usize, pixel: usize, row: usize, y: usize, argmax: usize, at: usize,
  mean: usize, slope: usize, offset: usize,
): void {
  const m = loadLanes(one, mean + at), s = loadLanes(one, slope + at), o = loadLanes(one, offset + at);
  const p = corner + at, q = p + row;
  let best = multiplyAdd(f32x4.sub(loadLanes(one, p), m), s, o);
  const b = multiplyAdd(f32x4.sub(loadLanes(one, p + pixel), m), s, o);
  const c = multiplyAdd(f32x4.sub(loadLanes(one, q), m), s, o);
  const d = multiplyAdd(f32x4.sub(loadLanes(one, q + pixel), m), s, o);
  if (!noted) {
    storeLanes(one, y + at, f32x4.max(f32x4.max(f32x4.max(best, b), f32x4.max(c, d)), f32x4.splat(0)));
    return;
  }
  // A NaN never wins a comparison, but one in x makes the mean and with it every value NaN: `best` starts as one.
  let wins = f32x4.gt(b, best);
  best = v128.bitselect(b, best, wins);
  let winner = v128.and(wins, i32x4.splat(1));
  wins = f32x4.gt(c, best);
  best = v128.bitselect(c, best, wins);
  winner = v128.bitselect(i32x4.splat(2), winner, wins);
  wins = f32x4.gt(d, best);
  best = v128.bitselect(d, best, wins);
  winner = v128.bitselect(i32x4.splat(3), winner, wins);
  // f32x4.max passes a NaN on.
  storeLanes(one, y + at, f32x4.max(best, f32x4.splat(0)));
  const dead = v128.not(f32x4.gt(best, f32x4.splat(0)));
  storeLanes(one, argmax + at, v128.or(winner, dead));
}

/** Σ g and Σ g · (x − mean) by channel, where g is dy at the winners and 0 elsewhere. */
export function winnerSums(
  dy: usize, argmax: usize, x: usize, images: i32, height: i32, width: i32, channels: i32,
  mean: usize, sums: usize, products: usize,
): void {
  memory.fill(sums, 0, <usize>channels << 2);
  memory.fill(products, 0, <usize>channels << 2);
  const pixel = <usize>channels << 2, row = <usize>width * pixel, whole = channels & ~3;
  const rows = height >> 1, columns = width >> 1, pooledRow = <usize>columns * pixel;
  for (let image = 0; image < images; image++) {
    for (let r = 0; r < rows; r++) {
      const corner = x + <usize>(image * height + 2 * r) * row;
      let channel = 0;
      for (; channel < whole; channel += 4) {
        sumWinners(false, corner, pixel, row, dy, argmax, columns, <usize>channel << 2, mean, sums, products);
      }
      for (; channel < channels; channel++) {
        sumWinners(true, corner, pixel, row, dy, argmax, columns, <usize>channel << 2, mean, sums, products);
      }
      dy += pooledRow;
      argmax += pooledRow;
    }
  }
}

/** One row of windows: the sums of rows are then added, which keeps the rounding of long sums small. */
// @ts-ignore: decorator
@inline
function sumWinners(
  one: bool, corner: usize, pixel: usize, row: usize, dy: usize, argmax: usize, columns: i32, at: usize,
  mean: usize, sums: usize, products: usize,
): void {
  const m = loadLanes(one, mean + at);
  let sum = f32x4.splat(0), product = f32x4.splat(0);
  let p = corner + at, g = dy + at, k = argmax + at;
  for (let c = 0; c < columns; c++) {
    const winner = loadLanes(one, k);
    const passed = v128.and(loadLanes(one, g), i32x4.ge_s(winner, i32x4.splat(0)));
    sum = f32x4.add(sum, passed);
    product = multiplyAdd(passed, f32x4.sub(winnerOf(one, p, pixel, row, winner), m), product);
    p += pixel << 1;
    g += pixel;
    k += pixel;
  }
  storeLanes(one, sums + at, f32x4.add(loadLanes(one, sums + at), sum));
  storeLanes(one, products + at, f32x4.add(loadLanes(one, products + at), product));
}

/** dx = g · gSlope + (x − mean) · xSlope + offset, where g is dy at the winners and 0 elsewhere. */
export function winnerGradient(
  dy: usize, argmax: usize, x: usize, dx: usize, images: i32, height: i32, width: i32, channels: i32,
  mean: usize, gSlope: usize, xSlope: usize, offset: usize,
): void {
  const pixel = <usize>channels << 2, row = <usize>width * pixel, whole = channels & ~3;
  const rows = height >> 1, columns = width >> 1;
  for (let image = 0; image < images; image++) {
    for (let r = 0; r < rows; r++) {
      let from = x + <usize>(image * height + 2 * r) * row, to = dx + <usize>(image * height + 2 * r) * row;
      for (let c = 0; c < columns; c++) {
        let channel = 0;
        for (; channel < whole; channel += 4) {
          windowGradient(false, from, to, pixel, row, dy, argmax, <usize>channel << 2, mean, gSlope, xSlope, offset);
        }
        for (; channel < channels; channel++) {
          windowGradient(true, from, to, pixel, row, dy, argmax, <usize>channel << 2, mean, gSlope, xSlope, offset);
        }
        from += pixel << 1;
        to += pixel << 1;
        dy += pixel;
        argmax += pixel;
      }
      if (width & 1) {
        withoutWindow(from, to, channels, mean, xSlope, offset);
        withoutWindow(from + row, to + row, channels, mean, xSlope, offset);
      }
    }
    if (height & 1) {
      let from = x + <usize>(image * height + height - 1) * row, to = dx + <usize>(image * height + height - 1) * row;
      for (let c = 0; c < width; c++) {
        withoutWindow(from, to, channels, mean, xSlope, offset);
        from += pixel;
        to += pixel;
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function windowGradient(
  one: bool, from: usize, to: usize, pixel: usize, row: usize, dy: usize, argmax: usize, at: usize,
  mean: usize, gSlope: usize, xSlope: usize, offset: usize,
): void {
  const m = loadLanes(one, mean + at), s = loadLanes(one, xSlope + at), o = loadLanes(one, offset + at);
  const winner = loadLanes(one, argmax + at);
  const g = f32x4.mul(loadLanes(one, dy + at), loadLanes(one, gSlope + at));
  const p = from + at, q = to + at;
  pixelGradient(one, p, q, m, s, o, g, winner, 0);
  pixelGradient(one, p + pixel, q + pixel, m, s, o, g, winner, 1);
  pixelGradient(one, p + row, q + row, m, s, o, g, winner, 2);
  pixelGradient(one, p + row + pixel, q + row + pixel, m, s, o, g, winner, 3);
}

// @ts-ignore: decorator
@inline
function pixelGradient(
  one: bool, from: usize, to: usize, m: v128, s: v128, o: v128, g: v128, winner: v128, position: i32,
): void {
  const own = v128.and(g, i32x4.eq(winner, i32x4.splat(position)));
  storeLanes(one, to, f32x4.add(multiplyAdd(f32x4.sub(loadLanes(one, from), m), s, o), own));
}

/** A pixel that no window covers still moves the statistics. */
function withoutWindow(from: usize, to: usize, channels: i32, mean: usize, xSlope: usize, offset: usize): void {
  const end = to + (<usize>channels << 2);
  for (; to < end; to += 4) {
    const centred = load<f32>(from) - load<f32>(mean);
    store<f32>(to, centred * load<f32>(xSlope) + load<f32>(offset));
    from += 4;
    mean += 4;
    xSlope += 4;
    offset += 4;
  }
}

/** dy = dx · gSlope + (x − mean) · xSlope + offset at the winners, 0 where there is none. */
export function winnerTangent(
  dx: usize, argmax: usize, x: usize, dy: usize, images: i32, height: i32, width: i32, channels: i32,
  mean: usize, gSlope: usize, xSlope: usize, offset: usize,
): void {
  const pixel = <usize>channels << 2, row = <usize>width * pixel, whole = channels & ~3;
  const rows = height >> 1, columns = width >> 1;
  for (let image = 0; image < images; image++) {
    for (let r = 0; r < rows; r++) {
      const start = <usize>(image * height + 2 * r) * row;
      let corner = x + start, tangent = dx + start;
      for (let c = 0; c < columns; c++) {
        let channel = 0;
        for (; channel < whole; channel += 4) {
          windowTangent(false, corner, tangent, pixel, row, dy, argmax, <usize>channel << 2, mean, gSlope, xSlope, offset);
        }
        for (; channel < channels; channel++) {
          windowTangent(true, corner, tangent, pixel, row, dy, argmax, <usize>channel << 2, mean, gSlope, xSlope, offset);
        }
        corner += pixel << 1;
        tangent += pixel << 1;
        dy += pixel;
        argmax += pixel;
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function windowTangent(
  one: bool, x: usize, dx: usize, pixel: usize, row: usize, dy: usize, argmax: usize, at: usize,
  mean: usize, gSlope: usize, xSlope: usize, offset: usize,
): void {
  const winner = loadLanes(one, argmax + at);
  const centred = f32x4.sub(winnerOf(one, x + at, pixel, row, winner), loadLanes(one, mean + at));
  const affine = multiplyAdd(centred, loadLanes(one, xSlope + at), loadLanes(one, offset + at));
  const tangent = multiplyAdd(winnerOf(one, dx + at, pixel, row, winner), loadLanes(one, gSlope + at), affine);
  storeLanes(one, dy + at, v128.and(tangent, i32x4.ge_s(winner, i32x4.splat(0))));
}
