import { loadLanes, storeLanes } from '../lanes/lanes.as';
import { multiplyAdd } from '../lanes/multiply-add.as';

/**
 * The input gradient of a convolution of volumes, NDHWC: each output adds dy[o] · filter[tap, o, :] to the pixel below each
 * tap. `filter` is [taps, outputs, inputs]: output channels come before input channels.
 */
export function conv3DInputGradient(
  dy: usize, filter: usize, dx: usize, images: i32, depth: i32, height: i32, width: i32, inputs: i32, outputs: i32,
  sizeD: i32, sizeH: i32, sizeW: i32, strideD: i32, strideH: i32, strideW: i32, front: i32, top: i32, left: i32,
  planes: i32, rows: i32, columns: i32,
): void {
  memory.fill(dx, 0, <usize>(images * depth * height * width * inputs) << 2);
  addTaps(
    true, dx, filter, dy, images, depth, height, width, inputs, outputs, sizeD, sizeH, sizeW, strideD, strideH, strideW,
    front, top, left, planes, rows, columns,
  );
}

/** The filter gradient: each output adds x[i] · dy[:] to the row i of each tap that it is below. `filter` is [taps, inputs, outputs]. */
export function conv3DFilterGradient(
  x: usize, dy: usize, filter: usize, images: i32, depth: i32, height: i32, width: i32, inputs: i32, outputs: i32,
  sizeD: i32, sizeH: i32, sizeW: i32, strideD: i32, strideH: i32, strideW: i32, front: i32, top: i32, left: i32,
  planes: i32, rows: i32, columns: i32,
): void {
  memory.fill(filter, 0, <usize>(sizeD * sizeH * sizeW * inputs * outputs) << 2);
  addTaps(
    false, x, filter, dy, images, depth, height, width, inputs, outputs, sizeD, sizeH, sizeW, strideD, strideH, strideW,
    front, top, left, planes, rows, columns,
  );
}

/** Visits every tap of every output and the pixel below it: adds to the pixel, or to the tap. */
// @ts-ignore: decorator
@inline
function addTaps(
  toPixels: bool, volume: usize, filter: usize, dy: usize, images: i32, depth: i32, height: i32, width: i32, inputs: i32, outputs: i32,
  sizeD: i32, sizeH: i32, sizeW: i32, strideD: i32, strideH: i32, strideW: i32, front: i32, top: i32, left: i32,
  planes: i32, rows: i32, columns: i32,
): void {
  const pixelBytes = <usize>inputs << 2, dyBytes = <usize>outputs << 2, tapBytes = <usize>inputs * dyBytes;
  for (let image = 0; image < images; image++) {
    for (let plane = 0; plane < planes; plane++) {
      const z0 = plane * strideD - front, d0 = max(0, -z0), d1 = min(sizeD, depth - z0);
      for (let row = 0; row < rows; row++) {
        const y0 = row * strideH - top, h0 = max(0, -y0), h1 = min(sizeH, height - y0);
        for (let column = 0; column < columns; column++) {
          const x0 = column * strideW - left, w0 = max(0, -x0), w1 = min(sizeW, width - x0);
          for (let d = d0; d < d1; d++) {
            for (let h = h0; h < h1; h++) {
              for (let w = w0; w < w1; w++) {
                const pixel = ((image * depth + z0 + d) * height + y0 + h) * width + x0 + w;
                const tap = filter + <usize>((d * sizeH + h) * sizeW + w) * tapBytes;
                const at = volume + <usize>pixel * pixelBytes;
                if (toPixels) addProducts(at, tap, dy, inputs, outputs, pixelBytes);
                else addOuterProduct(tap, at, dy, inputs, outputs);
              }
            }
          }
          dy += dyBytes;
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function addOuterProduct(tap: usize, pixel: usize, dy: usize, inputs: i32, outputs: i32): void {
  const whole = outputs & ~3;
  for (const end = pixel + (<usize>inputs << 2); pixel < end; pixel += 4) {
    const value = v128.load32_splat(pixel);
    let output = 0;
    for (; output < whole; output += 4) {
      storeLanes(false, tap, multiplyAdd(value, loadLanes(false, dy + (<usize>output << 2)), loadLanes(false, tap)));
      tap += 16;
    }
    for (; output < outputs; output++) {
      storeLanes(true, tap, multiplyAdd(value, loadLanes(true, dy + (<usize>output << 2)), loadLanes(true, tap)));
      tap += 4;
    }
  }
}

// @ts-ignore: decorator
@inline
function addProducts(pixel: usize, tap: usize, dy: usize, inputs: i32, outputs: i32, pixelBytes: usize): void {
  let channel = 0;
  for (const whole = inputs & ~3; channel < whole; channel += 4) addToLanes(false, pixel, tap, dy, channel, outputs, pixelBytes);
  for (; channel < inputs; channel++) addToLanes(true, pixel, tap, dy, channel, outputs, pixelBytes);
}

// @ts-ignore: decorator
@inline
function addToLanes(one: bool, pixel: usize, tap: usize, dy: usize, channel: i32, outputs: i32, pixelBytes: usize): void {
  const target = pixel + (<usize>channel << 2);
  let sum = loadLanes(one, target), at = tap + (<usize>channel << 2);
  for (let output = 0; output < outputs; output++) {
    sum = multiplyAdd(v128.load32_splat(dy + (<usize>output << 2)), loadLanes(one, at), sum);
    at += pixelBytes;
  }
  storeLanes(one, target, sum);
}
