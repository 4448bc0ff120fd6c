import { loadLanes, storeLanes } from './lanes';

// Windows are clipped to the image; argmax is the position within the unclipped window, row-major.

/** The maximum of each window and where it is: the first of equals; a NaN wins over every number. */
export function maxPool(
  x: usize, y: usize, argmax: usize, images: i32, height: i32, width: i32, channels: i32,
  sizeH: i32, sizeW: i32, strideH: i32, strideW: i32, top: i32, left: i32, rows: i32, columns: i32,
): void {
  const whole = channels & ~3, rowBytes = <usize>(width * channels) << 2, pixelBytes = <usize>channels << 2;
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < rows; row++) {
      const firstRow = row * strideH - top;
      const h0 = max(0, -firstRow), h1 = min(sizeH, height - firstRow);
      for (let column = 0; column < columns; column++) {
        const firstColumn = column * strideW - left;
        const w0 = max(0, -firstColumn), w1 = min(sizeW, width - firstColumn);
        const corner = x + <isize>((image * height + firstRow) * width + firstColumn) * <isize>pixelBytes;
        let channel = 0;
        for (; channel < whole; channel += 4) {
          poolWindow(false, corner + (<usize>channel << 2), y, argmax, h0, h1, w0, w1, sizeW, rowBytes, pixelBytes);
          y += 16;
          argmax += 16;
        }
        for (; channel < channels; channel++) {
          poolWindow(true, corner + (<usize>channel << 2), y, argmax, h0, h1, w0, w1, sizeW, rowBytes, pixelBytes);
          y += 4;
          argmax += 4;
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function poolWindow(
  one: bool, corner: usize, y: usize, argmax: usize, h0: i32, h1: i32, w0: i32, w1: i32, sizeW: i32,
  rowBytes: usize, pixelBytes: usize,
): void {
  let best = loadLanes(one, corner + <usize>h0 * rowBytes + <usize>w0 * pixelBytes);
  let winner = i32x4.splat(h0 * sizeW + w0);
  for (let h = h0; h < h1; h++) {
    for (let w = w0; w < w1; w++) {
      const value = loadLanes(one, corner + <usize>h * rowBytes + <usize>w * pixelBytes);
      const wins = v128.or(f32x4.gt(value, best), v128.and(f32x4.ne(value, value), f32x4.eq(best, best)));
      best = v128.bitselect(value, best, wins);
      winner = v128.bitselect(i32x4.splat(h * sizeW + w), winner, wins);
    }
  }
  storeLanes(one, y, best);
  storeLanes(one, argmax, winner);
}

/** The gradient: dx[winner of each window] += dy. Windows may overlap. */
export function maxPoolScatter(
  dy: usize, argmax: usize, dx: usize, images: i32, height: i32, width: i32, channels: i32,
  sizeH: i32, sizeW: i32, strideH: i32, strideW: i32, top: i32, left: i32, rows: i32, columns: i32,
): void {
  const whole = channels & ~3, rowBytes = <usize>(width * channels) << 2, pixelBytes = <usize>channels << 2;
  const imageBytes = <usize>height * rowBytes;
  for (let image = 0; image < images; image++) {
    memory.fill(dx + <usize>image * imageBytes, 0, imageBytes);
    for (let row = 0; row < rows; row++) {
      const firstRow = row * strideH - top;
      const h0 = max(0, -firstRow), h1 = min(sizeH, height - firstRow);
      for (let column = 0; column < columns; column++) {
        const firstColumn = column * strideW - left;
        const w0 = max(0, -firstColumn), w1 = min(sizeW, width - firstColumn);
        const corner = dx + <isize>((image * height + firstRow) * width + firstColumn) * <isize>pixelBytes;
        let channel = 0;
        for (; channel < whole; channel += 4) {
          scatterWindow(false, corner + (<usize>channel << 2), dy, argmax, h0, h1, w0, w1, sizeW, rowBytes, pixelBytes);
          dy += 16;
          argmax += 16;
        }
        for (; channel < channels; channel++) {
          scatterWindow(true, corner + (<usize>channel << 2), dy, argmax, h0, h1, w0, w1, sizeW, rowBytes, pixelBytes);
          dy += 4;
          argmax += 4;
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function scatterWindow(
  one: bool, corner: usize, dy: usize, argmax: usize, h0: i32, h1: i32, w0: i32, w1: i32, sizeW: i32,
  rowBytes: usize, pixelBytes: usize,
): void {
  const cotangent = loadLanes(one, dy), winner = loadLanes(one, argmax);
  for (let h = h0; h < h1; h++) {
    for (let w = w0; w < w1; w++) {
      const address = corner + <usize>h * rowBytes + <usize>w * pixelBytes;
      const won = v128.and(cotangent, i32x4.eq(winner, i32x4.splat(h * sizeW + w)));
      storeLanes(one, address, f32x4.add(loadLanes(one, address), won));
    }
  }
}

/** The directional derivative: dy = dx[winner of each window]. */
export function maxPoolGather(
  dx: usize, argmax: usize, dy: usize, images: i32, height: i32, width: i32, channels: i32,
  sizeH: i32, sizeW: i32, strideH: i32, strideW: i32, top: i32, left: i32, rows: i32, columns: i32,
): void {
  const whole = channels & ~3, rowBytes = <usize>(width * channels) << 2, pixelBytes = <usize>channels << 2;
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < rows; row++) {
      const firstRow = row * strideH - top;
      const h0 = max(0, -firstRow), h1 = min(sizeH, height - firstRow);
      for (let column = 0; column < columns; column++) {
        const firstColumn = column * strideW - left;
        const w0 = max(0, -firstColumn), w1 = min(sizeW, width - firstColumn);
        const corner = dx + <isize>((image * height + firstRow) * width + firstColumn) * <isize>pixelBytes;
        let channel = 0;
        for (; channel < whole; channel += 4) {
          gatherWindow(false, corner + (<usize>channel << 2), dy, argmax, h0, h1, w0, w1, sizeW, rowBytes, pixelBytes);
          dy += 16;
          argmax += 16;
        }
        for (; channel < channels; channel++) {
          gatherWindow(true, corner + (<usize>channel << 2), dy, argmax, h0, h1, w0, w1, sizeW, rowBytes, pixelBytes);
          dy += 4;
          argmax += 4;
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function gatherWindow(
  one: bool, corner: usize, dy: usize, argmax: usize, h0: i32, h1: i32, w0: i32, w1: i32, sizeW: i32,
  rowBytes: usize, pixelBytes: usize,
): void {
  const winner = loadLanes(one, argmax);
  let tangent = f32x4.splat(0);
  for (let h = h0; h < h1; h++) {
    for (let w = w0; w < w1; w++) {
      const value = loadLanes(one, corner + <usize>h * rowBytes + <usize>w * pixelBytes);
      tangent = v128.bitselect(value, tangent, i32x4.eq(winner, i32x4.splat(h * sizeW + w)));
    }
  }
  storeLanes(one, dy, tangent);
}
