import { loadLanes } from '../lanes/lanes.as';
import { multiplyAdd } from '../lanes/multiply-add.as';

/** Σ x · y. Blocks of 1,024 products are summed in float32, sixteen sums side by side, and the blocks in float64. */
export function dot(x: usize, y: usize, size: i32): f64 {
  let total: f64 = 0;
  for (let from = 0; from < size; from += 1024) {
    const count = min(1024, size - from);
    total += blockDot(x + (<usize>from << 2), y + (<usize>from << 2), count);
  }
  return total;
}

function blockDot(x: usize, y: usize, count: i32): f64 {
  const end = x + (<usize>count << 2), whole = x + (<usize>(count & ~15) << 2);
  let a = f32x4.splat(0), b = a, c = a, d = a;
  while (x < whole) {
    a = multiplyAdd(v128.load(x), v128.load(y), a);
    b = multiplyAdd(v128.load(x, 16), v128.load(y, 16), b);
    c = multiplyAdd(v128.load(x, 32), v128.load(y, 32), c);
    d = multiplyAdd(v128.load(x, 48), v128.load(y, 48), d);
    x += 64;
    y += 64;
  }
  while (x < end) {
    a = multiplyAdd(loadLanes(true, x), loadLanes(true, y), a);
    x += 4;
    y += 4;
  }
  const sum = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  return (
    <f64>f32x4.extract_lane(sum, 0) + <f64>f32x4.extract_lane(sum, 1) +
    (<f64>f32x4.extract_lane(sum, 2) + <f64>f32x4.extract_lane(sum, 3))
  );
}
