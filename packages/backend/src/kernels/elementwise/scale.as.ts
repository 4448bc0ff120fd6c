import { loadLanes, storeLanes } from '../lanes/lanes.as';

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
