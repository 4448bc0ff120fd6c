import { loadLanes, storeLanes } from '../lanes/lanes.as';

/**
 * The larger of each pair of values (`greater`), or the smaller; NaN if one is. `a` and `b` repeat every `periodA` and
 * `periodB` values, of which one divides the other.
 */
export function extremes(
  greater: bool, a: usize, periodA: i32, b: usize, periodB: i32, out: usize, size: i32,
): void {
  if (greater) eachPair(true, a, periodA, b, periodB, out, size);
  else eachPair(false, a, periodA, b, periodB, out, size);
}

// @ts-ignore: decorator
@inline
function eachPair(greater: bool, a: usize, periodA: i32, b: usize, periodB: i32, out: usize, size: i32): void {
  // One value against a row of the other, or rows of both.
  if (periodA == 1 && periodB > 1) rows(greater, b, periodB, a, 1, periodB, out, size);
  else if (periodB == 1 && periodA > 1) rows(greater, a, periodA, b, 1, periodA, out, size);
  else rows(greater, a, periodA, b, periodB, min(periodA, periodB), out, size);
}

// @ts-ignore: decorator
@inline
function rows(greater: bool, a: usize, periodA: i32, b: usize, periodB: i32, row: i32, out: usize, size: i32): void {
  for (let done = 0; done < size; done += row) {
    let p = a + (<usize>(done % periodA) << 2), q = b + (<usize>(done % periodB) << 2);
    const same = periodB == 1 && row > 1, step: usize = same ? 0 : 1, value = v128.load32_splat(q);
    let left = row;
    for (; left >= 4; left -= 4) {
      v128.store(out, extreme(greater, v128.load(p), same ? value : v128.load(q)));
      p += 16;
      q += step << 4;
      out += 16;
    }
    for (; left > 0; left--) {
      storeLanes(true, out, extreme(greater, loadLanes(true, p), loadLanes(true, q)));
      p += 4;
      q += step << 2;
      out += 4;
    }
  }
}

// @ts-ignore: decorator
@inline
function extreme(greater: bool, p: v128, q: v128): v128 {
  return greater ? f32x4.max(p, q) : f32x4.min(p, q);
}
