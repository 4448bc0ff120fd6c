import { beats, loadLanes, storeLanes } from '../lanes/lanes.as';

// Pooling of volumes, NDHWC; an image is a volume of one plane. Windows are clipped to the volume, and `window` calls below
// get what is left of each: [d0, d1) × [h0, h1) × [w0, w1), counted from the unclipped corner. `argmax` is a number of
// pixels from that corner, so that neither kernel that reads it needs the window's size.

/** The maximum of each window and where it is: the first of equals; a NaN wins over every number. */
export function maxPoolVolumes(
  x: usize, y: usize, argmax: usize, images: i32, depth: i32, height: i32, width: i32, channels: i32,
  sizeD: i32, sizeH: i32, sizeW: i32, strideD: i32, strideH: i32, strideW: i32, front: i32, top: i32, left: i32,
  planes: i32, rows: i32, columns: i32,
): void {
  const whole = channels & ~3, pixelBytes = <usize>channels << 2;
  for (let image = 0; image < images; image++) {
    for (let plane = 0; plane < planes; plane++) {
      const z0 = plane * strideD - front, d0 = max(0, -z0), d1 = min(sizeD, depth - z0);
      for (let row = 0; row < rows; row++) {
        const y0 = row * strideH - top, h0 = max(0, -y0), h1 = min(sizeH, height - y0);
        for (let column = 0; column < columns; column++) {
          const x0 = column * strideW - left, w0 = max(0, -x0), w1 = min(sizeW, width - x0);
          const corner = cornerOf(x, image, z0, y0, x0, depth, height, width, pixelBytes);
          for (let channel = 0; channel < whole; channel += 4) {
            maxOfWindow(false, corner + (<usize>channel << 2), y, argmax, d0, d1, h0, h1, w0, w1, height, width, pixelBytes);
            y += 16;
            argmax += 16;
          }
          for (let channel = whole; channel < channels; channel++) {
            maxOfWindow(true, corner + (<usize>channel << 2), y, argmax, d0, d1, h0, h1, w0, w1, height, width, pixelBytes);
            y += 4;
            argmax += 4;
          }
        }
      }
    }
  }
}

/** The corner of an unclipped window, which may be before the first pixel. */
// @ts-ignore: decorator
@inline
function cornerOf(
  base: usize, image: i32, plane: i32, row: i32, column: i32, depth: i32, height: i32, width: i32, pixelBytes: usize,
): usize {
  return base + <isize>(((image * depth + plane) * height + row) * width + column) * <isize>pixelBytes;
}

// @ts-ignore: decorator
@inline
function maxOfWindow(
  one: bool, corner: usize, y: usize, argmax: usize, d0: i32, d1: i32, h0: i32, h1: i32, w0: i32, w1: i32,
  height: i32, width: i32, pixelBytes: usize,
): void {
  const first = (d0 * height + h0) * width + w0;
  let best = loadLanes(one, corner + <usize>first * pixelBytes), winner = i32x4.splat(first);
  for (let d = d0; d < d1; d++) {
    for (let h = h0; h < h1; h++) {
      const rowStart = (d * height + h) * width;
      let at = corner + <usize>(rowStart + w0) * pixelBytes;
      for (let w = w0; w < w1; w++) {
        const value = loadLanes(one, at), wins = beats(value, best);
        best = v128.bitselect(value, best, wins);
        winner = v128.bitselect(i32x4.splat(rowStart + w), winner, wins);
        at += pixelBytes;
      }
    }
  }
  storeLanes(one, y, best);
  storeLanes(one, argmax, winner);
}

/** The gradient: dx[winner of each window] += dy. Windows may overlap. */
export function maxPoolVolumesScatter(
  dy: usize, argmax: usize, dx: usize, images: i32, depth: i32, height: i32, width: i32, channels: i32,
  sizeD: i32, sizeH: i32, sizeW: i32, strideD: i32, strideH: i32, strideW: i32, front: i32, top: i32, left: i32,
  planes: i32, rows: i32, columns: i32,
): void {
  memory.fill(dx, 0, <usize>(images * depth * height * width * channels) << 2);
  visitWinners(
    true, dx, argmax, dy, images, depth, height, width, channels, strideD, strideH, strideW, front, top, left, planes, rows,
    columns,
  );
}

/** The directional derivative: dy = dx[winner of each window]. */
export function maxPoolVolumesGather(
  dx: usize, argmax: usize, dy: usize, images: i32, depth: i32, height: i32, width: i32, channels: i32,
  sizeD: i32, sizeH: i32, sizeW: i32, strideD: i32, strideH: i32, strideW: i32, front: i32, top: i32, left: i32,
  planes: i32, rows: i32, columns: i32,
): void {
  visitWinners(
    false, dx, argmax, dy, images, depth, height, width, channels, strideD, strideH, strideW, front, top, left, planes, rows,
    columns,
  );
}

/** Adds what was pooled to each window's winner, or takes it from there. */
// @ts-ignore: decorator
@inline
function visitWinners(
  scatter: bool, volume: usize, argmax: usize, pooled: usize, images: i32, depth: i32, height: i32, width: i32, channels: i32,
  strideD: i32, strideH: i32, strideW: i32, front: i32, top: i32, left: i32, planes: i32, rows: i32, columns: i32,
): void {
  const pixels = images * depth * height * width;
  for (let image = 0; image < images; image++) {
    for (let plane = 0; plane < planes; plane++) {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          const z = plane * strideD - front, y = row * strideH - top, x = column * strideW - left;
          const corner = ((image * depth + z) * height + y) * width + x;
          for (let channel = 0; channel < channels; channel++) {
            // Whatever argmax holds, nothing outside of the volumes is touched: no such pixel wins.
            const pixel = corner + load<i32>(argmax), wins = <u32>pixel < <u32>pixels;
            const winner = volume + (<usize>(pixel * channels + channel) << 2);
            if (scatter) {
              if (wins) store<f32>(winner, load<f32>(winner) + load<f32>(pooled));
            } else store<f32>(pooled, wins ? load<f32>(winner) : 0);
            pooled += 4;
            argmax += 4;
          }
        }
      }
    }
  }
}

/** The mean of each window over the pixels that it has in the volume. */
export function averagePool(
  x: usize, y: usize, images: i32, depth: i32, height: i32, width: i32, channels: i32,
  sizeD: i32, sizeH: i32, sizeW: i32, strideD: i32, strideH: i32, strideW: i32, front: i32, top: i32, left: i32,
  planes: i32, rows: i32, columns: i32,
): void {
  averageWindows(
    false, x, y, images, depth, height, width, channels, sizeD, sizeH, sizeW, strideD, strideH, strideW, front, top, left,
    planes, rows, columns,
  );
}

/** The gradient: dx += dy / pixels in every pixel of each window. Windows may overlap. */
export function averagePoolGradient(
  dy: usize, dx: usize, images: i32, depth: i32, height: i32, width: i32, channels: i32,
  sizeD: i32, sizeH: i32, sizeW: i32, strideD: i32, strideH: i32, strideW: i32, front: i32, top: i32, left: i32,
  planes: i32, rows: i32, columns: i32,
): void {
  memory.fill(dx, 0, <usize>(images * depth * height * width * channels) << 2);
  averageWindows(
    true, dx, dy, images, depth, height, width, channels, sizeD, sizeH, sizeW, strideD, strideH, strideW, front, top, left,
    planes, rows, columns,
  );
}

/** Takes the mean of each window of a volume, or shares what was pooled among its pixels. */
// @ts-ignore: decorator
@inline
function averageWindows(
  share: bool, volume: usize, pooled: usize, images: i32, depth: i32, height: i32, width: i32, channels: i32,
  sizeD: i32, sizeH: i32, sizeW: i32, strideD: i32, strideH: i32, strideW: i32, front: i32, top: i32, left: i32,
  planes: i32, rows: i32, columns: i32,
): void {
  const whole = channels & ~3, pixelBytes = <usize>channels << 2;
  for (let image = 0; image < images; image++) {
    for (let plane = 0; plane < planes; plane++) {
      const z0 = plane * strideD - front, d0 = max(0, -z0), d1 = min(sizeD, depth - z0);
      for (let row = 0; row < rows; row++) {
        const y0 = row * strideH - top, h0 = max(0, -y0), h1 = min(sizeH, height - y0);
        for (let column = 0; column < columns; column++) {
          const x0 = column * strideW - left, w0 = max(0, -x0), w1 = min(sizeW, width - x0);
          const corner = cornerOf(volume, image, z0, y0, x0, depth, height, width, pixelBytes);
          for (let channel = 0; channel < whole; channel += 4) {
            averageWindow(share, false, corner + (<usize>channel << 2), pooled, d0, d1, h0, h1, w0, w1, height, width, pixelBytes);
            pooled += 16;
          }
          for (let channel = whole; channel < channels; channel++) {
            averageWindow(share, true, corner + (<usize>channel << 2), pooled, d0, d1, h0, h1, w0, w1, height, width, pixelBytes);
            pooled += 4;
          }
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function averageWindow(
  share: bool, one: bool, corner: usize, pooled: usize, d0: i32, d1: i32, h0: i32, h1: i32, w0: i32, w1: i32,
  height: i32, width: i32, pixelBytes: usize,
): void {
  if (share) shareWindow(one, corner, pooled, d0, d1, h0, h1, w0, w1, height, width, pixelBytes);
  else meanOfWindow(one, corner, pooled, d0, d1, h0, h1, w0, w1, height, width, pixelBytes);
}

// @ts-ignore: decorator
@inline
function meanOfWindow(
  one: bool, corner: usize, y: usize, d0: i32, d1: i32, h0: i32, h1: i32, w0: i32, w1: i32,
  height: i32, width: i32, pixelBytes: usize,
): void {
  let sum = f32x4.splat(0);
  for (let d = d0; d < d1; d++) {
    for (let h = h0; h < h1; h++) {
      let at = corner + <usize>((d * height + h) * width + w0) * pixelBytes;
      for (let w = w0; w < w1; w++) {
        sum = f32x4.add(sum, loadLanes(one, at));
        at += pixelBytes;
      }
    }
  }
  storeLanes(one, y, f32x4.div(sum, f32x4.splat(<f32>((d1 - d0) * (h1 - h0) * (w1 - w0)))));
}

// @ts-ignore: decorator
@inline
function shareWindow(
  one: bool, corner: usize, dy: usize, d0: i32, d1: i32, h0: i32, h1: i32, w0: i32, w1: i32,
  height: i32, width: i32, pixelBytes: usize,
): void {
  const share = f32x4.div(loadLanes(one, dy), f32x4.splat(<f32>((d1 - d0) * (h1 - h0) * (w1 - w0))));
  for (let d = d0; d < d1; d++) {
    for (let h = h0; h < h1; h++) {
      let at = corner + <usize>((d * height + h) * width + w0) * pixelBytes;
      for (let w = w0; w < w1; w++) {
        storeLanes(one, at, f32x4.add(loadLanes(one, at), share));
        at += pixelBytes;
      }
    }
  }
}
