import { loadLanes, storeLanes } from '../lanes/lanes.as';

/** `[images, pixels, channels]` -> `[images, channels]`: the mean over pixels. */
export function globalAveragePool(x: usize, y: usize, images: i32, pixels: i32, channels: i32): void {
  const whole = channels & ~3, imageBytes = <usize>(pixels * channels) << 2;
  for (let image = 0; image < images; image++) {
    let channel = 0;
    for (; channel < whole; channel += 4) {
      averageColumn(false, x + (<usize>channel << 2), y, pixels, channels);
      y += 16;
    }
    for (; channel < channels; channel++) {
      averageColumn(true, x + (<usize>channel << 2), y, pixels, channels);
      y += 4;
    }
    x += imageBytes;
  }
}

// @ts-ignore: decorator
@inline
function averageColumn(one: bool, x: usize, y: usize, pixels: i32, channels: i32): void {
  const stride = <usize>channels << 2;
  let sum = f32x4.splat(0);
  for (const end = x + <usize>pixels * stride; x < end; x += stride) sum = f32x4.add(sum, loadLanes(one, x));
  storeLanes(one, y, f32x4.div(sum, f32x4.splat(<f32>pixels)));
}

/** The gradient: dx[image, pixel] = dy[image] / pixels. */
export function globalAveragePoolGradient(dy: usize, dx: usize, images: i32, pixels: i32, channels: i32): void {
  const whole = channels & ~3, share = f32x4.splat(1 / <f32>pixels), rowBytes = <usize>channels << 2;
  for (let image = 0; image < images; image++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      let channel = 0;
      for (; channel < whole; channel += 4) {
        v128.store(dx, f32x4.mul(v128.load(dy + (<usize>channel << 2)), share));
        dx += 16;
      }
      for (; channel < channels; channel++) {
        storeLanes(true, dx, f32x4.mul(loadLanes(true, dy + (<usize>channel << 2)), share));
        dx += 4;
      }
    }
    dy += rowBytes;
  }
}
