/**
 * Rows of `[rows, channels]` that stay in the first-level cache (16 KiB) while a kernel takes their channels four at a
 * time.
 */
// @ts-ignore: decorator
@inline
export function blockRows(channels: i32): i32 {
  return max(4096 / channels, 1);
}
