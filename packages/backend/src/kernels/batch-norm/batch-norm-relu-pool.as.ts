import { loadLanes, storeLanes } from '../lanes/lanes.as';
import { multiplyAdd } from '../lanes/multiply-add.as';

// Batch norm, ReLU and 2 × 2 max pooling in one: the normalised image and its rectified copy are never stored.
// argmax is the winner's position in its window, or −1 where its value is not above zero and no gradient passes.
//
// The functions that end in Across take a row of windows by four channels at a time, whose moments stay in registers:
// faster for few channels. Of many, neighbouring windows are too far apart, and each window goes by all its channels.
// They are functions of their own because V8 gives a function with both loops worse registers in either.

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
  poolWindows(false, true, x, y, argmax, images, height, width, channels, mean, slope, offset);
}

export function normaliseReluPoolAcross(
  x: usize, y: usize, argmax: usize, images: i32, height: i32, width: i32, channels: i32,
  mean: usize, slope: usize, offset: usize,
): void {
  poolWindows(true, true, x, y, argmax, images, height, width, channels, mean, slope, offset);
}

/** The same y, and no note of where it comes from. */
export function normaliseReluPoolValues(
  x: usize, y: usize, images: i32, height: i32, width: i32, channels: i32,
  mean: usize, slope: usize, offset: usize,
): void {
  poolWindows(false, false, x, y, 0, images, height, width, channels, mean, slope, offset);
}

export function normaliseReluPoolValuesAcross(
  x: usize, y: usize, images: i32, height: i32, width: i32, channels: i32,
  mean: usize, slope: usize, offset: usize,
): void {
  poolWindows(true, false, x, y, 0, images, height, width, channels, mean, slope, offset);
}

// @ts-ignore: decorator
@inline
function poolWindows(
  across: bool, noted: bool, x: usize, y: usize, argmax: usize, images: i32, height: i32, width: i32, channels: i32,
  mean: usize, slope: usize, offset: usize,
): void {
  const pixel = <usize>channels << 2, row = <usize>width * pixel, whole = channels & ~3;
  const rows = height >> 1, columns = width >> 1, step = across ? columns : 1, windows = <usize>step * pixel;
  for (let image = 0; image < images; image++) {
    for (let r = 0; r < rows; r++) {
      let corner = x + <usize>(image * height + 2 * r) * row;
      for (let c = 0; c < columns; c += step) {
        let channel = 0;
        for (; channel < whole; channel += 4) {
          poolNormalised(across, noted, false, corner, pixel, row, y, argmax, windows, <usize>channel << 2, mean, slope, offset);
        }
        for (; channel < channels; channel++) {
          poolNormalised(across, noted, true, corner, pixel, row, y, argmax, windows, <usize>channel << 2, mean, slope, offset);
        }
        corner += windows << 1;
        y += windows;
        argmax += windows;
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function poolNormalised(
  across: bool, noted: bool, one: bool, corner: usize, pixel: usize, row: usize, y: usize, argmax: usize, windows: usize, at: usize,
  mean: usize, slope: usize, offset: usize,
): void {
  const m = loadLanes(one, mean + at), s = loadLanes(one, slope + at), o = loadLanes(one, offset + at);
  let p = corner + at, k = argmax + at, to = y + at;
  const end = to + windows;
  do {
    const q = p + row;
    const a = multiplyAdd(f32x4.sub(loadLanes(one, p), m), s, o);
    const b = multiplyAdd(f32x4.sub(loadLanes(one, p + pixel), m), s, o);
    const c = multiplyAdd(f32x4.sub(loadLanes(one, q), m), s, o);
    const d = multiplyAdd(f32x4.sub(loadLanes(one, q + pixel), m), s, o);
    if (noted) {
      // The first of equals wins. A NaN never wins a comparison, but one in x makes the mean and with it every value NaN:
      // `a`, which then is the best, is one.
      const right = f32x4.gt(b, a), lowerRight = f32x4.gt(d, c);
      const upper = v128.bitselect(b, a, right), lower = v128.bitselect(d, c, lowerRight);
      const below = f32x4.gt(lower, upper);
      const best = v128.bitselect(lower, upper, below);
      const column = v128.and(v128.bitselect(lowerRight, right, below), i32x4.splat(1));
      const winner = v128.or(column, v128.and(below, i32x4.splat(2)));
      // f32x4.max passes a NaN on.
      storeLanes(one, to, f32x4.max(best, f32x4.splat(0)));
      storeLanes(one, k, v128.or(winner, v128.not(f32x4.gt(best, f32x4.splat(0)))));
      k += pixel;
    } else {
      storeLanes(one, to, f32x4.max(f32x4.max(f32x4.max(a, b), f32x4.max(c, d)), f32x4.splat(0)));
    }
    p += pixel << 1;
    to += pixel;
  } while (across && to < end);
}

/**
 * Σ g and Σ g · (x − mean) by channel, where g is dy at the winners and 0 elsewhere. If `step` is not 0, each row of windows
 * has sums of its own, that many bytes behind those of the row before.
 */
export function winnerSums(
  dy: usize, argmax: usize, x: usize, images: i32, height: i32, width: i32, channels: i32,
  mean: usize, sums: usize, products: usize, step: usize,
): void {
  const pixel = <usize>channels << 2, row = <usize>width * pixel, whole = channels & ~3;
  const rows = height >> 1, columns = width >> 1, pooledRow = <usize>columns * pixel;
  for (let image = 0; image < images; image++) {
    for (let r = 0; r < rows; r++) {
      const corner = x + <usize>(image * height + 2 * r) * row;
      if (image + r === 0 || step !== 0) {
        memory.fill(sums, 0, pixel);
        memory.fill(products, 0, pixel);
      }
      let channel = 0;
      for (; channel < whole; channel += 4) {
        sumWinners(false, corner, pixel, row, dy, argmax, columns, <usize>channel << 2, mean, sums, products);
      }
      for (; channel < channels; channel++) {
        sumWinners(true, corner, pixel, row, dy, argmax, columns, <usize>channel << 2, mean, sums, products);
      }
      dy += pooledRow;
      argmax += pooledRow;
      sums += step;
      products += step;
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
  passToWinners(false, dy, argmax, x, dx, images, height, width, channels, mean, gSlope, xSlope, offset);
}

export function winnerGradientAcross(
  dy: usize, argmax: usize, x: usize, dx: usize, images: i32, height: i32, width: i32, channels: i32,
  mean: usize, gSlope: usize, xSlope: usize, offset: usize,
): void {
  passToWinners(true, dy, argmax, x, dx, images, height, width, channels, mean, gSlope, xSlope, offset);
}

// @ts-ignore: decorator
@inline
function passToWinners(
  across: bool, dy: usize, argmax: usize, x: usize, dx: usize, images: i32, height: i32, width: i32, channels: i32,
  mean: usize, gSlope: usize, xSlope: usize, offset: usize,
): void {
  const pixel = <usize>channels << 2, row = <usize>width * pixel, whole = channels & ~3;
  const rows = height >> 1, columns = width >> 1, step = across ? columns : 1, windows = <usize>step * pixel;
  for (let image = 0; image < images; image++) {
    for (let r = 0; r < rows; r++) {
      let from = x + <usize>(image * height + 2 * r) * row, to = dx + <usize>(image * height + 2 * r) * row;
      for (let c = 0; c < columns; c += step) {
        let channel = 0;
        for (; channel < whole; channel += 4) {
          windowGradients(across, false, from, to, pixel, row, dy, argmax, windows, <usize>channel << 2, mean, gSlope, xSlope, offset);
        }
        for (; channel < channels; channel++) {
          windowGradients(across, true, from, to, pixel, row, dy, argmax, windows, <usize>channel << 2, mean, gSlope, xSlope, offset);
        }
        from += windows << 1;
        to += windows << 1;
        dy += windows;
        argmax += windows;
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
function windowGradients(
  across: bool, one: bool, from: usize, to: usize, pixel: usize, row: usize, dy: usize, argmax: usize, windows: usize, at: usize,
  mean: usize, gSlope: usize, xSlope: usize, offset: usize,
): void {
  const m = loadLanes(one, mean + at), s = loadLanes(one, xSlope + at), o = loadLanes(one, offset + at);
  const gs = loadLanes(one, gSlope + at);
  let p = from + at, q = to + at, g = dy + at, k = argmax + at;
  const end = g + windows;
  do {
    const winner = loadLanes(one, k);
    const own = f32x4.mul(loadLanes(one, g), gs);
    pixelGradient(one, p, q, m, s, o, own, winner, 0);
    pixelGradient(one, p + pixel, q + pixel, m, s, o, own, winner, 1);
    pixelGradient(one, p + row, q + row, m, s, o, own, winner, 2);
    pixelGradient(one, p + row + pixel, q + row + pixel, m, s, o, own, winner, 3);
    p += pixel << 1;
    q += pixel << 1;
    g += pixel;
    k += pixel;
  } while (across && g < end);
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
// @ts-ignore: decorator
@inline
function withoutWindow(from: usize, to: usize, channels: i32, mean: usize, xSlope: usize, offset: usize): void {
  const whole = channels & ~3;
  let channel = 0;
  for (; channel < whole; channel += 4) affine(false, from, to, <usize>channel << 2, mean, xSlope, offset);
  for (; channel < channels; channel++) affine(true, from, to, <usize>channel << 2, mean, xSlope, offset);
}

/** Multiplied and added separately in every build: logs that were made so are repeated bit for bit. */
// @ts-ignore: decorator
@inline
function affine(one: bool, from: usize, to: usize, at: usize, mean: usize, xSlope: usize, offset: usize): void {
  const centred = f32x4.sub(loadLanes(one, from + at), loadLanes(one, mean + at));
  storeLanes(one, to + at, f32x4.add(f32x4.mul(centred, loadLanes(one, xSlope + at)), loadLanes(one, offset + at)));
}

/** dy = dx · gSlope + (x − mean) · xSlope + offset at the winners, 0 where there is none. */
export function winnerTangent(
  dx: usize, argmax: usize, x: usize, dy: usize, images: i32, height: i32, width: i32, channels: i32,
  mean: usize, gSlope: usize, xSlope: usize, offset: usize,
): void {
  takeFromWinners(false, dx, argmax, x, dy, images, height, width, channels, mean, gSlope, xSlope, offset);
}

export function winnerTangentAcross(
  dx: usize, argmax: usize, x: usize, dy: usize, images: i32, height: i32, width: i32, channels: i32,
  mean: usize, gSlope: usize, xSlope: usize, offset: usize,
): void {
  takeFromWinners(true, dx, argmax, x, dy, images, height, width, channels, mean, gSlope, xSlope, offset);
}

// @ts-ignore: decorator
@inline
function takeFromWinners(
  across: bool, dx: usize, argmax: usize, x: usize, dy: usize, images: i32, height: i32, width: i32, channels: i32,
  mean: usize, gSlope: usize, xSlope: usize, offset: usize,
): void {
  const pixel = <usize>channels << 2, row = <usize>width * pixel, whole = channels & ~3;
  const rows = height >> 1, columns = width >> 1, step = across ? columns : 1, windows = <usize>step * pixel;
  for (let image = 0; image < images; image++) {
    for (let r = 0; r < rows; r++) {
      const start = <usize>(image * height + 2 * r) * row;
      let corner = x + start, tangent = dx + start;
      for (let c = 0; c < columns; c += step) {
        let channel = 0;
        for (; channel < whole; channel += 4) {
          windowTangents(across, false, corner, tangent, pixel, row, dy, argmax, windows, <usize>channel << 2, mean, gSlope, xSlope, offset);
        }
        for (; channel < channels; channel++) {
          windowTangents(across, true, corner, tangent, pixel, row, dy, argmax, windows, <usize>channel << 2, mean, gSlope, xSlope, offset);
        }
        corner += windows << 1;
        tangent += windows << 1;
        dy += windows;
        argmax += windows;
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function windowTangents(
  across: bool, one: bool, x: usize, dx: usize, pixel: usize, row: usize, dy: usize, argmax: usize, windows: usize, at: usize,
  mean: usize, gSlope: usize, xSlope: usize, offset: usize,
): void {
  const m = loadLanes(one, mean + at), s = loadLanes(one, xSlope + at), o = loadLanes(one, offset + at);
  const gs = loadLanes(one, gSlope + at);
  let p = x + at, t = dx + at, to = dy + at, k = argmax + at;
  const end = to + windows;
  do {
    const winner = loadLanes(one, k);
    const affine = multiplyAdd(f32x4.sub(winnerOf(one, p, pixel, row, winner), m), s, o);
    const tangent = multiplyAdd(winnerOf(one, t, pixel, row, winner), gs, affine);
    storeLanes(one, to, v128.and(tangent, i32x4.ge_s(winner, i32x4.splat(0))));
    p += pixel << 1;
    t += pixel << 1;
    to += pixel;
    k += pixel;
  } while (across && to < end);
}
