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
