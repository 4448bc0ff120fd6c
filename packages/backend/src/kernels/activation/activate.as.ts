import { clamped, loadLanes, storeLanes } from '../lanes/lanes.as';

/** Adds `[period]` values to each row of `[size / period, period]`. */
export function addToRows(address: usize, size: i32, values: usize, period: i32): void {
  eachRow(true, address, size, values, period);
}

/** PReLU in place: value < 0 becomes slope · value, by `[period]` slopes for each row of `[size / period, period]`. */
export function preluRows(address: usize, size: i32, slopes: usize, period: i32): void {
  eachRow(false, address, size, slopes, period);
}

/** Values clamped to `low` and `high`; NaN stays. `to` may be `from`. */
export function clampValues(from: usize, to: usize, size: i32, low: f32, high: f32): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  for (const end = to + (<usize>(size & ~15) << 2); to < end; to += 64) {
    const a = v128.load(from), b = v128.load(from, 16), c = v128.load(from, 32), d = v128.load(from, 48);
    v128.store(to, clamped(a, least, most));
    v128.store(to, clamped(b, least, most), 16);
    v128.store(to, clamped(c, least, most), 32);
    v128.store(to, clamped(d, least, most), 48);
    from += 64;
  }
  for (const end = to + (<usize>(size & 12) << 2); to < end; to += 16) {
    v128.store(to, clamped(v128.load(from), least, most));
    from += 16;
  }
  for (const end = to + (<usize>(size & 3) << 2); to < end; to += 4) {
    storeLanes(true, to, clamped(loadLanes(true, from), least, most));
    from += 4;
  }
}

// @ts-ignore: decorator
@inline
function eachRow(add: bool, address: usize, size: i32, values: usize, period: i32): void {
  const whole = values + (<usize>(period & ~3) << 2), end = values + (<usize>period << 2);
  let at = address;
  for (let done = 0; done < size; done += period) {
    let value = values;
    for (; value < whole; value += 16) {
      fourOrOne(add, false, at, value);
      at += 16;
    }
    for (; value < end; value += 4) {
      fourOrOne(add, true, at, value);
      at += 4;
    }
  }
}

// @ts-ignore: decorator
@inline
function fourOrOne(add: bool, one: bool, at: usize, value: usize): void {
  const x = loadLanes(one, at), y = loadLanes(one, value);
  const result = add ? f32x4.add(x, y) : v128.bitselect(f32x4.mul(x, y), x, f32x4.lt(x, f32x4.splat(0)));
  storeLanes(one, at, result);
}
