import { loadLanes, storeLanes } from '../lanes/lanes.as';
import { multiplyAdd } from '../lanes/multiply-add.as';

/** out = xScale · x + yScale · y. */
export function combine(x: usize, y: usize, out: usize, size: i32, xScale: f32, yScale: f32): void {
  const end = out + (<usize>size << 2), whole = out + (<usize>(size & ~3) << 2);
  const a = f32x4.splat(xScale), b = f32x4.splat(yScale);
  for (; out < whole; out += 16) {
    v128.store(out, multiplyAdd(v128.load(y), b, f32x4.mul(v128.load(x), a)));
    x += 16;
    y += 16;
  }
  for (; out < end; out += 4) {
    storeLanes(true, out, multiplyAdd(loadLanes(true, y), b, f32x4.mul(loadLanes(true, x), a)));
    x += 4;
    y += 4;
  }
}

/** out = factor · x. */
export function scale(x: usize, out: usize, size: i32, factor: f32): void {
  const end = out + (<usize>size << 2), whole = out + (<usize>(size & ~3) << 2), a = f32x4.splat(factor);
  for (; out < whole; out += 16) {
    v128.store(out, f32x4.mul(v128.load(x), a));
    x += 16;
  }
  for (; out < end; out += 4) {
    storeLanes(true, out, f32x4.mul(loadLanes(true, x), a));
    x += 4;
  }
}

/** dx = dy where y > 0, else 0. */
export function reluGradient(dy: usize, y: usize, dx: usize, size: i32): void {
  const end = dx + (<usize>size << 2), whole = dx + (<usize>(size & ~3) << 2), zero = f32x4.splat(0);
  for (; dx < whole; dx += 16) {
    v128.store(dx, v128.and(v128.load(dy), f32x4.gt(v128.load(y), zero)));
    dy += 16;
    y += 16;
  }
  for (; dx < end; dx += 4) {
    storeLanes(true, dx, v128.and(loadLanes(true, dy), f32x4.gt(loadLanes(true, y), zero)));
    dy += 4;
    y += 4;
  }
}
