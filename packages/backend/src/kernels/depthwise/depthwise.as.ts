import { multiplyAdd } from '../lanes/multiply-add.as';

/**
 * Output pixels of a depthwise convolution: each channel of a window with the same channel of the filter.
 *
 * `segments` lists the segments of rows, then those of columns, as seven u32 each: the bytes to the first target and from
 * one to the next, how many there are, the bytes to the first window and from one to the next, the bytes to the first tap
 * that they meet, and their taps. Taps lie `sourceRow` and `sourceColumn` bytes apart in the source, `filterRow` and one
 * pixel in the filter `[taps, padded]`. Filter and `bias` have `padded` channels, a multiple of four, of which source and
 * target have the first `channels`. Every value is clamped to `low` and `high`; NaN stays.
 *
 * Four pixels × eight channels stay in registers, and all channels of four pixels are done before the next four, row by
 * row: memory is read and written in the order in which it lies. The rows that the next windows need are touched from
 * beginning to end before: this is how the processor fetches ahead, and not by dozens of pixels at once. `segments` has
 * room for one more u32.
 */
export function depthwise(
  source: usize, filter: usize, bias: usize, target: usize, segments: usize, rowSegments: i32, columnSegments: i32,
  images: i32, sourceImage: usize, targetImage: usize, sourceRow: usize, sourceColumn: usize,
  filterRow: usize, padded: i32, channels: i32, low: f32, high: f32,
): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  const columns = segments + <usize>rowSegments * 28, end = columns + <usize>columnSegments * 28;
  const lastEnd = source + <usize>images * sourceImage;
  let touched = 0;
  for (let image = 0; image < images; image++) {
    let seen = source;
    const sourceEnd = source + sourceImage;
    for (let rows = segments; rows < columns; rows += 28) {
      let t = target + <usize>load<u32>(rows), s = source + <usize>load<u32>(rows, 12);
      const ahead = <usize>(load<i32>(rows, 24) - 1) * sourceRow + 2 * <usize>load<u32>(rows, 16) + sourceRow;
      for (let left = load<u32>(rows, 8); left > 0; left--) {
        for (const next = min(s + ahead, sourceEnd); seen < next; seen += 64) touched |= load<u8>(seen);
        const inside = s + load<u32>(rows, 24) * sourceRow + 16 <= lastEnd;
        for (let segment = columns; segment < end; segment += 28) {
          pixelsInRow(inside, s, filter + <usize>load<u32>(rows, 20), bias, t, segment, load<u32>(rows, 24), sourceRow, sourceColumn, filterRow, padded, channels, least, most);
        }
        t += <usize>load<u32>(rows, 4);
        s += <usize>load<u32>(rows, 16);
      }
    }
    source += sourceImage;
    target += targetImage;
  }
  store<u32>(end, touched);
}

/**
 * The pixels of one segment of columns: four at a time, the last four again if that is less work than one by one. `inside`
 * says that 16 bytes can be read wherever a window has a channel.
 */
function pixelsInRow(
  inside: bool, source: usize, filter: usize, bias: usize, target: usize, segment: usize, rows: i32,
  sourceRow: usize, sourceColumn: usize, filterRow: usize, padded: i32, channels: i32, least: v128, most: v128,
): void {
  const targetStep = <usize>load<u32>(segment, 4), sourceStep = <usize>load<u32>(segment, 16);
  const count = load<i32>(segment, 8);
  const columnBytes = load<u32>(segment, 24) * sourceColumn;
  const filterGap = filterRow - load<u32>(segment, 24) * (<usize>padded << 2);
  let t = target + <usize>load<u32>(segment), s = source + <usize>load<u32>(segment, 12);
  const f = filter + <usize>load<u32>(segment, 20);
  let left = count;
  while (left > 0) {
    if (left >= 4) {
      allChannels(true, inside, s, f, bias, t, sourceStep, targetStep, rows, columnBytes, sourceRow, sourceColumn, filterGap, padded, channels, least, most);
      left -= 4;
      s += sourceStep << 2;
      t += targetStep << 2;
    } else if (left > 1 && count >= 4) {
      s -= <usize>(4 - left) * sourceStep;
      t -= <usize>(4 - left) * targetStep;
      left = 4;
    } else {
      allChannels(false, inside, s, f, bias, t, sourceStep, targetStep, rows, columnBytes, sourceRow, sourceColumn, filterGap, padded, channels, least, most);
      left--;
      s += sourceStep;
      t += targetStep;
    }
  }
}

// @ts-ignore: decorator
@inline
function allChannels(
  four: bool, inside: bool, source: usize, filter: usize, bias: usize, target: usize, sourceStep: usize, targetStep: usize,
  rows: i32, columnBytes: usize, sourceRow: usize, sourceColumn: usize, filterGap: usize,
  padded: i32, channels: i32, least: v128, most: v128,
): void {
  const tap = <usize>padded << 2;
  let channel = 0, byte: usize = 0;
  for (; channel + 8 <= channels; channel += 8) {
    fewPixels(four, 8, source + byte, filter + byte, bias + byte, target + byte, sourceStep, targetStep, rows, columnBytes, sourceRow, sourceColumn, tap, filterGap, 8, least, most);
    byte += 32;
  }
  if (channel + 4 <= channels) {
    fewPixels(four, 4, source + byte, filter + byte, bias + byte, target + byte, sourceStep, targetStep, rows, columnBytes, sourceRow, sourceColumn, tap, filterGap, 4, least, most);
    channel += 4;
    byte += 16;
  }
  if (channel == channels) return;
  if (inside) {
    fewPixels(four, 3, source + byte, filter + byte, bias + byte, target + byte, sourceStep, targetStep, rows, columnBytes, sourceRow, sourceColumn, tap, filterGap, channels - channel, least, most);
  } else {
    fewPixels(four, 1, source + byte, filter + byte, bias + byte, target + byte, sourceStep, targetStep, rows, columnBytes, sourceRow, sourceColumn, tap, filterGap, channels - channel, least, most);
  }
}

/** Eight channels of four pixels or of one, or four; if `lanes` is 3 or 1 fewer, which 3 reads with what follows them. */
// @ts-ignore: decorator
@inline
function fewPixels(
  four: bool, lanes: i32, source: usize, filter: usize, bias: usize, target: usize, sourceStep: usize, targetStep: usize,
  rows: i32, columnBytes: usize, sourceRow: usize, sourceColumn: usize,
  tap: usize, filterGap: usize, channels: i32, least: v128, most: v128,
): void {
  let p0 = source, p1 = four ? p0 + sourceStep : p0, p2 = four ? p1 + sourceStep : p0, p3 = four ? p2 + sourceStep : p0;
  const rowGap = sourceRow - columnBytes;
  let f = filter;
  let a0 = v128.load(bias), b0 = a0, c0 = a0, d0 = a0;
  let a1 = lanes == 8 ? v128.load(bias, 16) : a0, b1 = a1, c1 = a1, d1 = a1;
  for (let row = 0; row < rows; row++) {
    for (const end = p0 + columnBytes; p0 != end; ) {
      const w0 = v128.load(f);
      a0 = multiplyAdd(loadSome(lanes, p0, channels), w0, a0);
      if (four) {
        b0 = multiplyAdd(loadSome(lanes, p1, channels), w0, b0);
        c0 = multiplyAdd(loadSome(lanes, p2, channels), w0, c0);
        d0 = multiplyAdd(loadSome(lanes, p3, channels), w0, d0);
      }
      if (lanes == 8) {
        const w1 = v128.load(f, 16);
        a1 = multiplyAdd(v128.load(p0, 16), w1, a1);
        if (four) {
          b1 = multiplyAdd(v128.load(p1, 16), w1, b1);
          c1 = multiplyAdd(v128.load(p2, 16), w1, c1);
          d1 = multiplyAdd(v128.load(p3, 16), w1, d1);
        }
      }
      f += tap;
      p0 += sourceColumn;
      if (four) {
        p1 += sourceColumn;
        p2 += sourceColumn;
        p3 += sourceColumn;
      }
    }
    f += filterGap;
    p0 += rowGap;
    if (four) {
      p1 += rowGap;
      p2 += rowGap;
      p3 += rowGap;
    }
  }
  storeChannels(lanes, target, clamp(a0, least, most), clamp(a1, least, most), channels);
  if (four) {
    storeChannels(lanes, target + targetStep, clamp(b0, least, most), clamp(b1, least, most), channels);
    storeChannels(lanes, target + 2 * targetStep, clamp(c0, least, most), clamp(c1, least, most), channels);
    storeChannels(lanes, target + 3 * targetStep, clamp(d0, least, most), clamp(d1, least, most), channels);
  }
}

// Comparisons with NaN are false, so the value stays.
// @ts-ignore: decorator
@inline
function clamp(value: v128, least: v128, most: v128): v128 {
  return f32x4.pmin(f32x4.pmax(value, least), most);
}

/** Four values at an address; if `lanes` is 1 the first `channels`, one to three, and zeros. */
// @ts-ignore: decorator
@inline
function loadSome(lanes: i32, address: usize, channels: i32): v128 {
  if (lanes > 1) return v128.load(address);
  if (channels == 1) return v128.load32_zero(address);
  const two = v128.load64_zero(address);
  return channels == 2 ? two : v128.load_lane<u32>(address, two, 2, 8);
}

// @ts-ignore: decorator
@inline
function storeChannels(lanes: i32, address: usize, low: v128, high: v128, channels: i32): void {
  if (lanes >= 4) v128.store(address, low);
  if (lanes == 8) v128.store(address, high, 16);
  if (lanes < 4) {
    if (channels > 1) v128.store_lane<u64>(address, low, 0);
    else v128.store_lane<u32>(address, low, 0);
    if (channels > 2) v128.store_lane<u32>(address, low, 2, 8);
  }
}

/**
 * The filter gradient of `depthwise`: gradient[tap][channel] += Σ window[tap][channel] · pixel[channel] over pixels.
 *
 * `gradient` is `[taps, padded]` like a filter, `table` is that of `convolve`, and the gradient is accumulated into, so it starts as zeros. Sums of sixteen pixels are
 * added to it: a sum of sums, whose rounding grows with the length of either and not with their product.
 */
export function depthwiseFilter(
  source: usize, cotangent: usize, gradient: usize, table: usize,
  pixels: i32, units: i32, unitsAtOnce: i32, sourceUnit: usize, cotangentUnit: usize,
  rows: i32, columns: i32, sourceRow: usize, sourceColumn: usize,
  gradientRow: usize, padded: i32, channels: i32,
): void {
  for (let unit = 0; unit < units; unit += unitsAtOnce) {
    const end = table + (<usize>(min(unitsAtOnce, units - unit) * pixels) << 3);
    const unitSource = source + <usize>unit * sourceUnit, unitCotangent = cotangent + <usize>unit * cotangentUnit;
    for (let entry = table; entry < end; entry += 128) {
      const last = min(entry + 128, end);
      let channel = 0, byte: usize = 0;
      for (; channel + 8 <= channels; channel += 8) {
        allTaps(8, unitSource + byte, unitCotangent + byte, gradient + byte, entry, last, rows, columns, sourceRow, sourceColumn, gradientRow, padded, 8);
        byte += 32;
      }
      if (channel + 4 <= channels) {
        allTaps(4, unitSource + byte, unitCotangent + byte, gradient + byte, entry, last, rows, columns, sourceRow, sourceColumn, gradientRow, padded, 4);
        channel += 4;
        byte += 16;
      }
      if (channel < channels) {
        allTaps(1, unitSource + byte, unitCotangent + byte, gradient + byte, entry, last, rows, columns, sourceRow, sourceColumn, gradientRow, padded, channels - channel);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function allTaps(
  lanes: i32, source: usize, cotangent: usize, gradient: usize, entry: usize, last: usize,
  rows: i32, columns: i32, sourceRow: usize, sourceColumn: usize, gradientRow: usize, padded: i32, channels: i32,
): void {
  const tap = <usize>padded << 2;
  for (let row = 0; row < rows; row++) {
    let p = source + <usize>row * sourceRow, g = gradient + <usize>row * gradientRow;
    let left = columns;
    for (; left >= 3; left -= 3) {
      fewTaps(3, lanes, p, cotangent, g, entry, last, sourceColumn, tap, channels);
      p += 3 * sourceColumn;
      g += 3 * tap;
    }
    if (left == 2) fewTaps(2, lanes, p, cotangent, g, entry, last, sourceColumn, tap, channels);
    else if (left == 1) fewTaps(1, lanes, p, cotangent, g, entry, last, sourceColumn, tap, channels);
  }
}

/** Up to three neighbouring taps. */
// @ts-ignore: decorator
@inline
function fewTaps(
  taps: i32, lanes: i32, source: usize, cotangent: usize, gradient: usize, entry: usize, last: usize,
  sourceColumn: usize, tap: usize, channels: i32,
): void {
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0;
  for (let at = entry; at < last; at += 8) {
    let p = source + <usize>load<u32>(at);
    const q = cotangent + <usize>load<u32>(at, 4);
    const g0 = loadSome(lanes, q, channels), g1 = lanes == 8 ? v128.load(q, 16) : g0;
    a0 = multiplyAdd(loadSome(lanes, p, channels), g0, a0);
    if (lanes == 8) a1 = multiplyAdd(v128.load(p, 16), g1, a1);
    if (taps > 1) {
      p += sourceColumn;
      b0 = multiplyAdd(loadSome(lanes, p, channels), g0, b0);
      if (lanes == 8) b1 = multiplyAdd(v128.load(p, 16), g1, b1);
    }
    if (taps > 2) {
      p += sourceColumn;
      c0 = multiplyAdd(loadSome(lanes, p, channels), g0, c0);
      if (lanes == 8) c1 = multiplyAdd(v128.load(p, 16), g1, c1);
    }
  }
  accumulate(lanes, gradient, a0, a1);
  if (taps > 1) accumulate(lanes, gradient + tap, b0, b1);
  if (taps > 2) accumulate(lanes, gradient + 2 * tap, c0, c1);
}

// @ts-ignore: decorator
@inline
function accumulate(lanes: i32, address: usize, low: v128, high: v128): void {
  v128.store(address, f32x4.add(v128.load(address), low));
  if (lanes == 8) v128.store(address, f32x4.add(v128.load(address, 16), high), 16);
}

/** Each of `values` floats, `times` times in a row; up to 12 bytes beyond the last are written too. */
export function repeatValues(from: usize, to: usize, values: i32, times: i32): void {
  const step = <usize>times << 2;
  for (const end = from + (<usize>values << 2); from < end; from += 4) {
    const value = v128.load32_splat(from);
    for (let at: usize = 0; at < step; at += 16) v128.store(to + at, value);
    to += step;
  }
}

/** The inverse of `repeatValues`, for gradients: sums of `times` neighbours. */
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
