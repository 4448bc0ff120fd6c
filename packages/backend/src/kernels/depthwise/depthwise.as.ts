import { multiplyAdd } from '../lanes/multiply-add.as';

/**
 * Output pixels of a depthwise convolution: each channel of a window with the same channel of the filter.
 *
 * A window is `rows` × `columns` pixels, `sourceRow` and `sourceColumn` bytes apart; `table` lists where windows and
 * pixels are, as for `convolve`. The source, the filter `[taps, padded]` and `bias` have `padded` channels, a multiple of
 * four, of which the target has the first `channels`. `filter` is the first tap that a clipped window meets, `filterRow` the
 * bytes from one row of taps to the next. Every value is clamped to `low` and `high`; NaN stays.
 *
 * Four pixels × eight channels stay in registers, and all channels of four pixels are done before the next four: memory
 * is read in the order in which it lies.
 */
export function depthwise(
  source: usize, filter: usize, bias: usize, target: usize, table: usize,
  pixels: i32, units: i32, unitsAtOnce: i32, sourceUnit: usize, targetUnit: usize,
  rows: i32, columns: i32, sourceRow: usize, sourceColumn: usize,
  filterRow: usize, padded: i32, channels: i32, low: f32, high: f32,
): void {
  const tap = <usize>padded << 2;
  const filterGap = filterRow - <usize>columns * tap;
  const columnBytes = <usize>columns * sourceColumn;
  const least = f32x4.splat(low), most = f32x4.splat(high);
  for (let unit = 0; unit < units; unit += unitsAtOnce) {
    const last = table + (<usize>(min(unitsAtOnce, units - unit) * pixels - 1) << 3);
    const unitSource = source + <usize>unit * sourceUnit, unitTarget = target + <usize>unit * targetUnit;
    for (let entry = table; entry <= last; entry += 32) {
      let channel = 0;
      for (; channel + 8 <= padded; channel += 8) {
        const byte = <usize>channel << 2;
        fourPixels(true, unitSource + byte, filter + byte, bias + byte, unitTarget + byte, entry, last, rows, columnBytes, sourceRow, sourceColumn, tap, filterGap, channels - channel, least, most);
      }
      if (channel < padded) {
        const byte = <usize>channel << 2;
        fourPixels(false, unitSource + byte, filter + byte, bias + byte, unitTarget + byte, entry, last, rows, columnBytes, sourceRow, sourceColumn, tap, filterGap, channels - channel, least, most);
      }
    }
  }
}

/** Eight channels of four pixels, or four. */
// @ts-ignore: decorator
@inline
function fourPixels(
  eight: bool, source: usize, filter: usize, bias: usize, target: usize, entry: usize, last: usize,
  rows: i32, columnBytes: usize, sourceRow: usize, sourceColumn: usize,
  tap: usize, filterGap: usize, channels: i32, least: v128, most: v128,
): void {
  const entry1 = min(entry + 8, last), entry2 = min(entry + 16, last), entry3 = min(entry + 24, last);
  let p0 = source + <usize>load<u32>(entry), p1 = source + <usize>load<u32>(entry1);
  let p2 = source + <usize>load<u32>(entry2), p3 = source + <usize>load<u32>(entry3);
  const rowGap = sourceRow - columnBytes;
  let f = filter;
  let a0 = v128.load(bias), b0 = a0, c0 = a0, d0 = a0;
  let a1 = eight ? v128.load(bias, 16) : a0, b1 = a1, c1 = a1, d1 = a1;
  for (let row = 0; row < rows; row++) {
    for (const end = p0 + columnBytes; p0 != end; ) {
      const w0 = v128.load(f);
      a0 = multiplyAdd(v128.load(p0), w0, a0);
      b0 = multiplyAdd(v128.load(p1), w0, b0);
      c0 = multiplyAdd(v128.load(p2), w0, c0);
      d0 = multiplyAdd(v128.load(p3), w0, d0);
      if (eight) {
        const w1 = v128.load(f, 16);
        a1 = multiplyAdd(v128.load(p0, 16), w1, a1);
        b1 = multiplyAdd(v128.load(p1, 16), w1, b1);
        c1 = multiplyAdd(v128.load(p2, 16), w1, c1);
        d1 = multiplyAdd(v128.load(p3, 16), w1, d1);
      }
      f += tap;
      p0 += sourceColumn;
      p1 += sourceColumn;
      p2 += sourceColumn;
      p3 += sourceColumn;
    }
    f += filterGap;
    p0 += rowGap;
    p1 += rowGap;
    p2 += rowGap;
    p3 += rowGap;
  }
  storeChannels(eight, target + <usize>load<u32>(entry, 4), clamp(a0, least, most), clamp(a1, least, most), channels);
  storeChannels(eight, target + <usize>load<u32>(entry1, 4), clamp(b0, least, most), clamp(b1, least, most), channels);
  storeChannels(eight, target + <usize>load<u32>(entry2, 4), clamp(c0, least, most), clamp(c1, least, most), channels);
  storeChannels(eight, target + <usize>load<u32>(entry3, 4), clamp(d0, least, most), clamp(d1, least, most), channels);
}

// Comparisons with NaN are false, so the value stays.
// @ts-ignore: decorator
@inline
function clamp(value: v128, least: v128, most: v128): v128 {
  return f32x4.pmin(f32x4.pmax(value, least), most);
}

// @ts-ignore: decorator
@inline
function storeChannels(eight: bool, address: usize, low: v128, high: v128, channels: i32): void {
  storeFour(address, low, channels);
  if (eight) storeFour(address + 16, high, channels - 4);
}

/** The first min(channels, 4) of four values. */
// @ts-ignore: decorator
@inline
function storeFour(address: usize, value: v128, channels: i32): void {
  if (channels >= 4) v128.store(address, value);
  else storeSome(address, value, channels);
}

function storeSome(address: usize, value: v128, channels: i32): void {
  if (channels > 0) v128.store_lane<u32>(address, value, 0);
  if (channels > 1) v128.store_lane<u32>(address, value, 1, 4);
  if (channels > 2) v128.store_lane<u32>(address, value, 2, 8);
}

/**
 * The filter gradient of `depthwise`: gradient[tap][channel] += Σ window[tap][channel] · pixel[channel] over pixels.
 *
 * `gradient` is `[taps, padded]` like a filter and accumulated into, so it starts as zeros. Sums of sixteen pixels are
 * added to it: a sum of sums, whose rounding grows with the length of either and not with their product.
 */
export function depthwiseFilter(
  source: usize, cotangent: usize, gradient: usize, table: usize,
  pixels: i32, units: i32, unitsAtOnce: i32, sourceUnit: usize, cotangentUnit: usize,
  rows: i32, columns: i32, sourceRow: usize, sourceColumn: usize,
  gradientRow: usize, padded: i32,
): void {
  for (let unit = 0; unit < units; unit += unitsAtOnce) {
    const end = table + (<usize>(min(unitsAtOnce, units - unit) * pixels) << 3);
    const unitSource = source + <usize>unit * sourceUnit, unitCotangent = cotangent + <usize>unit * cotangentUnit;
    for (let entry = table; entry < end; entry += 128) {
      const last = min(entry + 128, end);
      let channel = 0;
      for (; channel + 8 <= padded; channel += 8) {
        const byte = <usize>channel << 2;
        allTaps(true, unitSource + byte, unitCotangent + byte, gradient + byte, entry, last, rows, columns, sourceRow, sourceColumn, gradientRow, padded);
      }
      if (channel < padded) {
        const byte = <usize>channel << 2;
        allTaps(false, unitSource + byte, unitCotangent + byte, gradient + byte, entry, last, rows, columns, sourceRow, sourceColumn, gradientRow, padded);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function allTaps(
  eight: bool, source: usize, cotangent: usize, gradient: usize, entry: usize, last: usize,
  rows: i32, columns: i32, sourceRow: usize, sourceColumn: usize, gradientRow: usize, padded: i32,
): void {
  const tap = <usize>padded << 2;
  for (let row = 0; row < rows; row++) {
    let p = source + <usize>row * sourceRow, g = gradient + <usize>row * gradientRow;
    let left = columns;
    for (; left >= 3; left -= 3) {
      fewTaps(3, eight, p, cotangent, g, entry, last, sourceColumn, tap);
      p += 3 * sourceColumn;
      g += 3 * tap;
    }
    if (left == 2) fewTaps(2, eight, p, cotangent, g, entry, last, sourceColumn, tap);
    else if (left == 1) fewTaps(1, eight, p, cotangent, g, entry, last, sourceColumn, tap);
  }
}

/** Up to three neighbouring taps. */
// @ts-ignore: decorator
@inline
function fewTaps(
  taps: i32, eight: bool, source: usize, cotangent: usize, gradient: usize, entry: usize, last: usize,
  sourceColumn: usize, tap: usize,
): void {
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0;
  for (let at = entry; at < last; at += 8) {
    let p = source + <usize>load<u32>(at);
    const q = cotangent + <usize>load<u32>(at, 4);
    const g0 = v128.load(q), g1 = eight ? v128.load(q, 16) : g0;
    a0 = multiplyAdd(v128.load(p), g0, a0);
    if (eight) a1 = multiplyAdd(v128.load(p, 16), g1, a1);
    if (taps > 1) {
      p += sourceColumn;
      b0 = multiplyAdd(v128.load(p), g0, b0);
      if (eight) b1 = multiplyAdd(v128.load(p, 16), g1, b1);
    }
    if (taps > 2) {
      p += sourceColumn;
      c0 = multiplyAdd(v128.load(p), g0, c0);
      if (eight) c1 = multiplyAdd(v128.load(p, 16), g1, c1);
    }
  }
  accumulate(eight, gradient, a0, a1);
  if (taps > 1) accumulate(eight, gradient + tap, b0, b1);
  if (taps > 2) accumulate(eight, gradient + 2 * tap, c0, c1);
}

// @ts-ignore: decorator
@inline
function accumulate(eight: bool, address: usize, low: v128, high: v128): void {
  v128.store(address, f32x4.add(v128.load(address), low));
  if (eight) v128.store(address, f32x4.add(v128.load(address, 16), high), 16);
}

/** Rows of `channels` floats, each `times` times in a row, in rows of `padded`, zeros in the rest. */
export function repeatChannels(from: usize, to: usize, rows: i32, channels: i32, times: i32, padded: i32): void {
  const rest = <usize>(padded - channels * times) << 2;
  for (let row = 0; row < rows; row++) {
    for (let channel = 0; channel < channels; channel++) {
      const value = load<f32>(from);
      for (let time = 0; time < times; time++) {
        store<f32>(to, value);
        to += 4;
      }
      from += 4;
    }
    memory.fill(to, 0, rest);
    to += rest;
  }
}

/** The inverse of `repeatChannels` without the padding, for gradients: sums of `times` neighbours. */
export function sumNeighbours(from: usize, to: usize, sums: i32, times: i32): void {
  for (let i = 0; i < sums; i++) {
    let sum: f32 = 0;
    for (let time = 0; time < times; time++) {
      sum += load<f32>(from);
      from += 4;
    }
    store<f32>(to, sum);
    to += 4;
  }
}

/** The first `channels` of rows of `padded` floats: the inverse of `padChannels`. */
export function unpadChannels(from: usize, to: usize, rows: i32, padded: i32, channels: i32): void {
  const bytes = <usize>channels << 2, step = <usize>padded << 2;
  for (let row = 0; row < rows; row++) {
    memory.copy(to, from, bytes);
    from += step;
    to += bytes;
  }
}
