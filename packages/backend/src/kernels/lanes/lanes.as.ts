// A kernel over channels takes four at a time. What is left over (channels % 4) goes through the same code one
// channel at a time, in lane 0, so that nothing is read or written beside a tensor. `one` is a constant when
// these are inlined: both forms are compiled without a branch.

/** Four floats at `address`, or the one that is there in lane 0. */
// @ts-ignore: decorator
@inline
export function loadLanes(one: bool, address: usize): v128 {
  return one ? v128.load32_zero(address) : v128.load(address);
}

/** The inverse of `loadLanes`. */
// @ts-ignore: decorator
@inline
export function storeLanes(one: bool, address: usize, value: v128): void {
  if (one) v128.store_lane<u32>(address, value, 0);
  else v128.store(address, value);
}

/** Lanes where `value` beats `best`: where it is larger, or the first NaN. */
// @ts-ignore: decorator
@inline
export function beats(value: v128, best: v128): v128 {
  return v128.or(f32x4.gt(value, best), v128.and(f32x4.ne(value, value), f32x4.eq(best, best)));
}

/** Each lane clamped; NaN stays. */
// @ts-ignore: decorator
@inline
export function clamped(value: v128, least: v128, most: v128): v128 {
  return f32x4.pmin(f32x4.pmax(value, least), most);
}
