import { multiplyAdd } from '../lanes/multiply-add.as';

/**
 * Output pixels as dot products of windows with a packed filter.
 *
 * A window is `rows` × `columns` runs of `run` consecutive floats, `sourceRow` and `sourceColumn` bytes apart; without
 * gaps between its pixels, a row is a single run. `table` lists where windows and pixels are (`writeOffsets`). It serves convolution, its input gradient and matrix products alike: they differ
 * in the table and in how the filter is packed. The filter is `[ceil(channels / 8)][taps][8]` (`packFilter`);
 * `firstTap` and `filterRow` (in taps) select the part of it that a clipped window meets. `bias` has one float for
 * each of the filter's channels, the zeros included.
 *
 * Four pixels × eight channels stay in registers: more would spill the sixteen of x64. The table is that of
 * `unitsAtOnce` units (images or rows), which should fit the cache together, since every block of eight channels
 * reads them again; the last entries repeat if the pixels are no multiple of four.
 */
export function convolve(
  source: usize, filter: usize, bias: usize, target: usize, table: usize,
  pixels: i32, units: i32, unitsAtOnce: i32, sourceUnit: usize, targetUnit: usize,
  rows: i32, columns: i32, run: i32, sourceRow: usize, sourceColumn: usize,
  firstTap: i32, filterRow: i32, taps: i32, channels: i32,
): void {
  const filterBlock = <usize>taps << 5;
  const filterStart = filter + (<usize>firstTap << 5);
  const filterGap = <usize>(filterRow - columns * run) << 5;
  const runBytes = <usize>run << 2;
  for (let unit = 0; unit < units; unit += unitsAtOnce) {
    const last = table + (<usize>(min(unitsAtOnce, units - unit) * pixels - 1) << 3);
    const unitSource = source + <usize>unit * sourceUnit;
    let blockTarget = target + <usize>unit * targetUnit;
    let blockFilter = filterStart, blockBias = bias;
    for (let left = channels; left > 0; left -= 8) {
      for (let entry = table; entry <= last; entry += 32) {
        fourPixels(unitSource, blockFilter, blockBias, blockTarget, entry, last, rows, columns, runBytes, sourceRow, sourceColumn, filterGap, left);
      }
      blockTarget += 32;
      blockFilter += filterBlock;
      blockBias += 32;
    }
  }
}

// @ts-ignore: decorator
@inline
function fourPixels(
  source: usize, filter: usize, bias: usize, target: usize, entry: usize, last: usize,
  rows: i32, columns: i32, runBytes: usize, sourceRow: usize, sourceColumn: usize, filterGap: usize, channels: i32,
): void {
  const entry1 = min(entry + 8, last), entry2 = min(entry + 16, last), entry3 = min(entry + 24, last);
  let p0 = source + <usize>load<u32>(entry), p1 = source + <usize>load<u32>(entry1);
  let p2 = source + <usize>load<u32>(entry2), p3 = source + <usize>load<u32>(entry3);
  const columnGap = sourceColumn - runBytes, rowGap = sourceRow - <usize>columns * sourceColumn;
  let f = filter;
  let a0 = v128.load(bias), a1 = v128.load(bias, 16);
  let b0 = a0, b1 = a1, c0 = a0, c1 = a1, d0 = a0, d1 = a1;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (const end = p0 + runBytes; p0 < end; ) {
        const w0 = v128.load(f), w1 = v128.load(f, 16);
        const a = v128.load32_splat(p0);
        a0 = multiplyAdd(a, w0, a0);
        a1 = multiplyAdd(a, w1, a1);
        const b = v128.load32_splat(p1);
        b0 = multiplyAdd(b, w0, b0);
        b1 = multiplyAdd(b, w1, b1);
        const c = v128.load32_splat(p2);
        c0 = multiplyAdd(c, w0, c0);
        c1 = multiplyAdd(c, w1, c1);
        const d = v128.load32_splat(p3);
        d0 = multiplyAdd(d, w0, d0);
        d1 = multiplyAdd(d, w1, d1);
        f += 32;
        p0 += 4;
        p1 += 4;
        p2 += 4;
        p3 += 4;
      }
      p0 += columnGap;
      p1 += columnGap;
      p2 += columnGap;
      p3 += columnGap;
    }
    f += filterGap;
    p0 += rowGap;
    p1 += rowGap;
    p2 += rowGap;
    p3 += rowGap;
  }
  storeChannels(target + <usize>load<u32>(entry, 4), a0, a1, channels);
  storeChannels(target + <usize>load<u32>(entry1, 4), b0, b1, channels);
  storeChannels(target + <usize>load<u32>(entry2, 4), c0, c1, channels);
  storeChannels(target + <usize>load<u32>(entry3, 4), d0, d1, channels);
}

/** Stores the first min(channels, 8) of eight values. */
// @ts-ignore: decorator
@inline
function storeChannels(address: usize, low: v128, high: v128, channels: i32): void {
  if (channels >= 8) {
    v128.store(address, low);
    v128.store(address, high, 16);
  } else {
    storeSome(address, low, high, channels);
  }
}

function storeSome(address: usize, low: v128, high: v128, channels: i32): void {
  let some = low;
  if (channels >= 4) {
    v128.store(address, low);
    some = high;
    address += 16;
    channels -= 4;
  }
  if (channels > 0) v128.store_lane<u32>(address, some, 0);
  if (channels > 1) v128.store_lane<u32>(address, some, 1, 4);
  if (channels > 2) v128.store_lane<u32>(address, some, 2, 8);
}
