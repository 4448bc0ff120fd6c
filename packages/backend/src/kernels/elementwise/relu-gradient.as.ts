import { loadLanes, storeLanes } from '../lanes/lanes.as';

/** dx = dy where y > 0 and not at least `most`, which is NaN if there is no such bound; NaN where y is NaN, else 0. */
export function reluGradient(dy: usize, y: usize, dx: usize, size: i32, most: f32): void {
  const end = dx + (<usize>size << 2), whole = dx + (<usize>(size & ~3) << 2), zero = f32x4.splat(0), bound = f32x4.splat(most);
  for (; dx < whole; dx += 16) {
    v128.store(dx, passed(v128.load(dy), v128.load(y), zero, bound));
    dy += 16;
    y += 16;
  }
  for (; dx < end; dx += 4) {
    storeLanes(true, dx, passed(loadLanes(true, dy), loadLanes(true, y), zero, bound));
    dy += 4;
    y += 4;
  }
}

// @ts-ignore: decorator
@inline
function passed(dy: v128, y: v128, zero: v128, bound: v128): v128 {
  const inside = v128.andnot(f32x4.gt(y, zero), f32x4.ge(y, bound));
  return v128.or(v128.and(dy, inside), f32x4.ne(y, y));
}
