import { beats, loadLanes, storeLanes } from '../lanes/lanes.as';

/** The maximum of whole windows of 2 × 2 that do not overlap; a NaN is the largest. */
export function maxPoolSquares(x: usize, y: usize, images: i32, height: i32, width: i32, channels: i32): void {
  const pixel = <usize>channels << 2, row = <usize>width * pixel, whole = channels & ~3;
  const rows = height >> 1, columns = width >> 1, image = <usize>height * row;
  for (let i = 0; i < images; i++) {
    for (let r = 0; r < rows; r++) {
      let from = x + <usize>(2 * r) * row;
      for (let c = 0; c < columns; c++) {
        let channel = 0;
        for (; channel < whole; channel += 4) squareMaximum(false, from, pixel, row, y, <usize>channel << 2);
        for (; channel < channels; channel++) squareMaximum(true, from, pixel, row, y, <usize>channel << 2);
        from += pixel << 1;
        y += pixel;
      }
    }
    x += image;
  }
}

// @ts-ignore: decorator
@inline
function squareMaximum(one: bool, from: usize, pixel: usize, row: usize, y: usize, at: usize): void {
  const p = from + at;
  const upper = f32x4.max(loadLanes(one, p), loadLanes(one, p + pixel));
  const lower = f32x4.max(loadLanes(one, p + row), loadLanes(one, p + row + pixel));
  storeLanes(one, y + at, f32x4.max(upper, lower));
}

/**
 * The gradient of max pooling in whole windows of 2 × 2 that do not overlap, straight from the images: dy at the first
 * largest value of each window, where a NaN is the largest, and 0 elsewhere.
 */
export function maxPoolSquaresGradient(
  x: usize, dy: usize, dx: usize, images: i32, height: i32, width: i32, channels: i32,
): void {
  const pixel = <usize>channels << 2, row = <usize>width * pixel, whole = channels & ~3;
  const rows = height >> 1, columns = width >> 1, image = <usize>height * row;
  for (let i = 0; i < images; i++) {
    // Of an odd side, the last pixels are in no window.
    if ((height | width) & 1) memory.fill(dx, 0, image);
    for (let r = 0; r < rows; r++) {
      let from = x + <usize>(2 * r) * row, to = dx + <usize>(2 * r) * row;
      for (let c = 0; c < columns; c++) {
        let channel = 0;
        for (; channel < whole; channel += 4) squareGradient(false, from, to, pixel, row, dy, <usize>channel << 2);
        for (; channel < channels; channel++) squareGradient(true, from, to, pixel, row, dy, <usize>channel << 2);
        from += pixel << 1;
        to += pixel << 1;
        dy += pixel;
      }
    }
    x += image;
    dx += image;
  }
}

// @ts-ignore: decorator
@inline
function squareGradient(one: bool, from: usize, to: usize, pixel: usize, row: usize, dy: usize, at: usize): void {
  const p = from + at, q = to + at, g = loadLanes(one, dy + at);
  const a = loadLanes(one, p), b = loadLanes(one, p + pixel);
  const c = loadLanes(one, p + row), d = loadLanes(one, p + row + pixel);
  const second = beats(b, a), upper = v128.bitselect(b, a, second);
  const fourth = beats(d, c), below = v128.bitselect(d, c, fourth);
  const lower = beats(below, upper);
  const ofUpper = v128.andnot(g, lower), ofLower = v128.and(g, lower);
  storeLanes(one, q, v128.andnot(ofUpper, second));
  storeLanes(one, q + pixel, v128.and(ofUpper, second));
  storeLanes(one, q + row, v128.andnot(ofLower, fourth));
  storeLanes(one, q + row + pixel, v128.and(ofLower, fourth));
}
