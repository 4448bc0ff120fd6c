import { loadLanes, storeLanes } from '../lanes/lanes.as';

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
