import { lengthAfter, lengthBefore, Lines, transformLine } from './lines.as';

/** Bytes of what `transform` keeps between its two passes: at most 6 × 6 vectors. */
// @ts-ignore: decorator
@inline
export function transformBytes(): usize {
  return 640;
}

/** A square of vectors to another, along columns and then along rows. `lines` and `side` are constants when this is inlined. */
// @ts-ignore: decorator
@inline
export function transform(
  lines: Lines, side: i32, from: usize, row: usize, column: usize, to: usize, toRow: usize, toColumn: usize, scratch: usize,
): void {
  const before = lengthBefore(lines, side), after = lengthAfter(lines, side);
  const between = <usize>before << 4;
  let source = from;
  for (let at = scratch, end = scratch + between; at < end; at += 16) {
    transformLine(lines, side, source, row, at, between);
    source += column;
  }
  let target = to;
  for (let at = scratch, end = scratch + <usize>after * between; at < end; at += between) {
    transformLine(lines, side, at, 16, target, toColumn);
    target += toRow;
  }
}

/**
 * A stride of at least that many bytes that is an odd number of cache lines: what lies such strides apart shares no set
 * of the cache.
 */
// @ts-ignore: decorator
@inline
export function oddLines(bytes: usize): usize {
  return (((bytes + 63) >> 6) | 1) << 6;
}
