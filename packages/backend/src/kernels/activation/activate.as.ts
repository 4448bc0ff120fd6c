import { loadLanes, storeLanes } from '../lanes/lanes.as';

/** Adds `[period]` values to each row of `[size / period, period]`. */
export function addToRows(address: usize, size: i32, values: usize, period: i32): void {
  eachRow(true, address, size, values, period);
}

/** PReLU in place: value < 0 becomes slope · value, by `[period]` slopes for each row of `[size / period, period]`. */
export function preluRows(address: usize, size: i32, slopes: usize, period: i32): void {
  eachRow(false, address, size, slopes, period);
}

/** Clamps values in place to `low` and `high`; NaN stays. */
export function clampValues(address: usize, size: i32, low: f32, high: f32): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  let at = address;
  for (const end = address + (<usize>(size & ~3) << 2); at < end; at += 16) {
    v128.store(at, f32x4.pmin(f32x4.pmax(v128.load(at), least), most));
  }
  for (const end = address + (<usize>size << 2); at < end; at += 4) {
    storeLanes(true, at, f32x4.pmin(f32x4.pmax(loadLanes(true, at), least), most));
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
