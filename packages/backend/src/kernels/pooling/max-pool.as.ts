import { beats, loadLanes, storeLanes } from '../lanes/lanes.as';

// Windows are clipped to the image; argmax is the position within the unclipped window, row-major. Each kernel
// walks the windows in the order of the pooled images, so that those pointers only move forward, and has a form
// of its own for whole windows of 2 × 2.

/** Where windows are: what all three kernels are called with. */
// @ts-ignore: decorator
@inline
function windowStart(base: usize, image: i32, row: i32, column: i32, height: i32, width: i32, pixelBytes: usize): usize {
  return base + <isize>((image * height + row) * width + column) * <isize>pixelBytes;
}

/** The maximum of each window and where it is: the first of equals; a NaN wins over every number. */
export function maxPool(
  x: usize, y: usize, argmax: usize, images: i32, height: i32, width: i32, channels: i32,
  sizeH: i32, sizeW: i32, strideH: i32, strideW: i32, top: i32, left: i32, rows: i32, columns: i32,
): void {
  const whole = channels & ~3, pixelBytes = <usize>channels << 2, rowBytes = <usize>width * pixelBytes;
  const pairs = sizeH == 2 && sizeW == 2 && (top | left) == 0;
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < rows; row++) {
      const y0 = row * strideH - top;
      const h0 = max(0, -y0), h1 = min(sizeH, height - y0);
      for (let column = 0; column < columns; column++) {
        const x0 = column * strideW - left;
        let corner = windowStart(x, image, y0, x0, height, width, pixelBytes);
        const w0 = max(0, -x0), w1 = min(sizeW, width - x0);
        const square = pairs && h1 == 2 && w1 == 2;
        const end = corner + (<usize>whole << 2);
        if (square) {
          for (; corner < end; corner += 16) {
            poolSquare(corner, corner + rowBytes, pixelBytes, y, argmax);
            y += 16;
            argmax += 16;
          }
        } else {
          for (; corner < end; corner += 16) {
            poolWindow(false, corner, y, argmax, h0, h1, w0, w1, sizeW, rowBytes, pixelBytes);
            y += 16;
            argmax += 16;
          }
        }
        for (let channel = whole; channel < channels; channel++) {
          poolWindow(true, corner, y, argmax, h0, h1, w0, w1, sizeW, rowBytes, pixelBytes);
          corner += 4;
          y += 4;
          argmax += 4;
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function poolSquare(upper: usize, lower: usize, pixelBytes: usize, y: usize, argmax: usize): void {
  let best = v128.load(upper);
  const b = v128.load(upper + pixelBytes), c = v128.load(lower), d = v128.load(lower + pixelBytes);
  let wins = beats(b, best);
  best = v128.bitselect(b, best, wins);
  let winner = v128.and(wins, i32x4.splat(1));
  wins = beats(c, best);
  best = v128.bitselect(c, best, wins);
  winner = v128.bitselect(i32x4.splat(2), winner, wins);
  wins = beats(d, best);
  v128.store(y, v128.bitselect(d, best, wins));
  v128.store(argmax, v128.bitselect(i32x4.splat(3), winner, wins));
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
      const wins = beats(value, best);
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
  const whole = channels & ~3, pixelBytes = <usize>channels << 2, rowBytes = <usize>width * pixelBytes;
  const imageBytes = <usize>height * rowBytes;
  const pairs = sizeH == 2 && sizeW == 2 && strideH == 2 && strideW == 2 && (top | left) == 0;
  for (let image = 0; image < images; image++) {
    // Windows of a tiling write all of their pixels; others add to what is there, and leave gaps.
    if (!pairs || rows * 2 != height || columns * 2 != width) memory.fill(dx + <usize>image * imageBytes, 0, imageBytes);
    for (let row = 0; row < rows; row++) {
      const y0 = row * strideH - top;
      const h0 = max(0, -y0), h1 = min(sizeH, height - y0);
      for (let column = 0; column < columns; column++) {
        const x0 = column * strideW - left;
        let corner = windowStart(dx, image, y0, x0, height, width, pixelBytes);
        const w0 = max(0, -x0), w1 = min(sizeW, width - x0);
        const square = pairs && h1 == 2 && w1 == 2;
        const end = corner + (<usize>whole << 2);
        if (square) {
          for (; corner < end; corner += 16) {
            scatterSquare(corner, corner + rowBytes, pixelBytes, dy, argmax);
            dy += 16;
            argmax += 16;
          }
        } else {
          for (; corner < end; corner += 16) {
            scatterWindow(false, corner, dy, argmax, h0, h1, w0, w1, sizeW, rowBytes, pixelBytes);
            dy += 16;
            argmax += 16;
          }
        }
        for (let channel = whole; channel < channels; channel++) {
          // A tiling was not cleared, and these lanes are added to it.
          if (square) clearSquare(corner, corner + rowBytes, pixelBytes);
          scatterWindow(true, corner, dy, argmax, h0, h1, w0, w1, sizeW, rowBytes, pixelBytes);
          corner += 4;
          dy += 4;
          argmax += 4;
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function scatterSquare(upper: usize, lower: usize, pixelBytes: usize, dy: usize, argmax: usize): void {
  const cotangent = v128.load(dy), winner = v128.load(argmax);
  v128.store(upper, v128.and(cotangent, i32x4.eq(winner, i32x4.splat(0))));
  v128.store(upper + pixelBytes, v128.and(cotangent, i32x4.eq(winner, i32x4.splat(1))));
  v128.store(lower, v128.and(cotangent, i32x4.eq(winner, i32x4.splat(2))));
  v128.store(lower + pixelBytes, v128.and(cotangent, i32x4.eq(winner, i32x4.splat(3))));
}

// @ts-ignore: decorator
@inline
function clearSquare(upper: usize, lower: usize, pixelBytes: usize): void {
  store<f32>(upper, 0);
  store<f32>(upper + pixelBytes, 0);
  store<f32>(lower, 0);
  store<f32>(lower + pixelBytes, 0);
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
  const whole = channels & ~3, pixelBytes = <usize>channels << 2, rowBytes = <usize>width * pixelBytes;
  const pairs = sizeH == 2 && sizeW == 2 && (top | left) == 0;
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < rows; row++) {
      const y0 = row * strideH - top;
      const h0 = max(0, -y0), h1 = min(sizeH, height - y0);
      for (let column = 0; column < columns; column++) {
        const x0 = column * strideW - left;
        let corner = windowStart(dx, image, y0, x0, height, width, pixelBytes);
        const w0 = max(0, -x0), w1 = min(sizeW, width - x0);
        const square = pairs && h1 == 2 && w1 == 2;
        const end = corner + (<usize>whole << 2);
        if (square) {
          for (; corner < end; corner += 16) {
            gatherSquare(corner, corner + rowBytes, pixelBytes, dy, argmax);
            dy += 16;
            argmax += 16;
          }
        } else {
          for (; corner < end; corner += 16) {
            gatherWindow(false, corner, dy, argmax, h0, h1, w0, w1, sizeW, rowBytes, pixelBytes);
            dy += 16;
            argmax += 16;
          }
        }
        for (let channel = whole; channel < channels; channel++) {
          gatherWindow(true, corner, dy, argmax, h0, h1, w0, w1, sizeW, rowBytes, pixelBytes);
          corner += 4;
          dy += 4;
          argmax += 4;
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function gatherSquare(upper: usize, lower: usize, pixelBytes: usize, dy: usize, argmax: usize): void {
  const winner = v128.load(argmax);
  const a = v128.and(v128.load(upper), i32x4.eq(winner, i32x4.splat(0)));
  const b = v128.and(v128.load(upper + pixelBytes), i32x4.eq(winner, i32x4.splat(1)));
  const c = v128.and(v128.load(lower), i32x4.eq(winner, i32x4.splat(2)));
  const d = v128.and(v128.load(lower + pixelBytes), i32x4.eq(winner, i32x4.splat(3)));
  v128.store(dy, v128.or(v128.or(a, b), v128.or(c, d)));
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
