import { multiplyAdd } from '../lanes/multiply-add.as';

/**
 * Sums over pixels of products of window and pixel: gradient[tap][channel] += Σ window[tap] · pixel[channel].
 *
 * The filter gradient of a convolution, and Aᵀ·B. Windows (in `source`) and pixels (in `cotangent`, whose channels are
 * a multiple of eight) come in runs of `length`, `sourceStep` and `cotangentStep` bytes apart; `table` lists where the
 * `runs` runs of each unit start, as for `convolve`. If `alongUnits` is set, a run goes from unit to unit instead, and
 * has the length of what is worked on at once. `gradient` is packed like a filter and accumulated into, so it starts as
 * zeros.
 *
 * Four taps × eight channels stay in registers over the pixels of `unitsAtOnce` units and are then added to the
 * gradient: a sum of sums, whose rounding grows with the length of either and not with their product. Each of these sums
 * goes to a gradient of its own, `gradientStep` bytes behind the one before, or all to the same one if that is 0.
 */
export function correlate(
  source: usize, cotangent: usize, gradient: usize, table: usize,
  runs: i32, length: i32, sourceStep: usize, cotangentStep: usize, alongUnits: bool,
  units: i32, unitsAtOnce: i32, sourceUnit: usize, cotangentUnit: usize,
  rows: i32, rowTaps: i32, sourceRow: usize,
  firstTap: i32, gradientRow: i32, taps: i32, channels: i32, gradientStep: usize,
): void {
  const whole = rowTaps & ~3;
  const rowBytes = <usize>gradientRow << 5;
  for (let unit = 0; unit < units; unit += unitsAtOnce) {
    const count = min(unitsAtOnce, units - unit);
    const end = table + (<usize>(alongUnits ? runs : runs * count) << 3);
    const bytes = <usize>(alongUnits ? count : length) * cotangentStep;
    const unitSource = source + <usize>unit * sourceUnit;
    let blockCotangent = cotangent + <usize>unit * cotangentUnit;
    let blockGradient = gradient + (<usize>firstTap << 5);
    gradient += gradientStep;
    for (let channel = 0; channel < channels; channel += 8) {
      for (let row = 0; row < rows; row++) {
        const x = unitSource + <usize>row * sourceRow, g = blockGradient + <usize>row * rowBytes;
        for (let tap = 0; tap < whole; tap += 4) {
          fourTaps(x + (<usize>tap << 2), blockCotangent, g + (<usize>tap << 5), table, end, bytes, sourceStep, cotangentStep);
        }
      }
      restOfTaps(unitSource, blockCotangent, blockGradient, table, end, bytes, sourceStep, cotangentStep, whole, rowTaps, rows, sourceRow, rowBytes);
      blockCotangent += 32;
      blockGradient += <usize>taps << 5;
    }
  }
}

/**
 * The same for many channels: what four taps and eight channels need of the pixels is first gathered from
 * lines that are far apart and share sets of the cache. It is then read for every block of channels, and of taps.
 *
 * @param scratch 16 bytes, and for each pixel that is worked on at once 16 and four times the channels.
 */
export function correlateGathered(
  source: usize, cotangent: usize, gradient: usize, table: usize,
  runs: i32, length: i32, sourceStep: usize, cotangentStep: usize, alongUnits: bool,
  units: i32, unitsAtOnce: i32, sourceUnit: usize, cotangentUnit: usize,
  rows: i32, rowTaps: i32, sourceRow: usize,
  firstTap: i32, gradientRow: i32, taps: i32, channels: i32, scratch: usize,
): void {
  const whole = rowTaps & ~3;
  const rowBytes = <usize>gradientRow << 5, blockTaps = <usize>taps << 5;
  // A table of one run that starts at once.
  store<u64>(scratch, 0);
  const window = scratch + 16;
  for (let unit = 0; unit < units; unit += unitsAtOnce) {
    const count = min(unitsAtOnce, units - unit);
    const end = table + (<usize>(alongUnits ? runs : runs * count) << 3);
    const runLength = alongUnits ? count : length;
    const pixels = ((end - table) >> 3) * <usize>runLength, blockBytes = pixels << 5;
    const unitSource = source + <usize>unit * sourceUnit, unitCotangent = cotangent + <usize>unit * cotangentUnit;
    const blocks = window + (pixels << 4), unitGradient = gradient + (<usize>firstTap << 5);
    let block = blocks, blockGradient = unitGradient;
    for (let channel = 0; channel < channels; channel += 8) {
      const blockCotangent = unitCotangent + (<usize>channel << 2);
      gather(true, blockCotangent, block, table + 4, end + 4, runLength, cotangentStep);
      restOfTaps(unitSource, blockCotangent, blockGradient, table, end, <usize>runLength * cotangentStep, sourceStep, cotangentStep, whole, rowTaps, rows, sourceRow, rowBytes);
      block += blockBytes;
      blockGradient += blockTaps;
    }
    for (let row = 0; row < rows; row++) {
      for (let tap = 0; tap < whole; tap += 4) {
        gather(false, unitSource + <usize>row * sourceRow + (<usize>tap << 2), window, table, end, runLength, sourceStep);
        let g = unitGradient + <usize>row * rowBytes + (<usize>tap << 5);
        for (let b = blocks; b < block; b += blockBytes) {
          fourTaps(window, b, g, scratch, scratch + 8, blockBytes, 16, 32);
          g += blockTaps;
        }
      }
    }
  }
}

/** Four floats of each pixel, or eight, one pixel after the other. */
// @ts-ignore: decorator
@inline
function gather(eight: bool, from: usize, to: usize, table: usize, end: usize, length: i32, step: usize): void {
  for (let entry = table; entry < end; entry += 8) {
    let p = from + <usize>load<u32>(entry);
    for (let i = 0; i < length; i++) {
      v128.store(to, v128.load(p));
      if (eight) v128.store(to, v128.load(p, 16), 16);
      to += eight ? 32 : 16;
      p += step;
    }
  }
}

/** The rowTaps % 4 taps that are left over in each row, four rows at a time. */
function restOfTaps(
  source: usize, cotangent: usize, gradient: usize, table: usize, end: usize,
  bytes: usize, sourceStep: usize, cotangentStep: usize,
  whole: i32, rowTaps: i32, rows: i32, sourceRow: usize, gradientRow: usize,
): void {
  for (let tap = whole; tap < rowTaps; tap++) {
    for (let row = 0; row < rows; row += 4) {
      const x = source + <usize>row * sourceRow + (<usize>tap << 2);
      const g = gradient + <usize>row * gradientRow + (<usize>tap << 5);
      tapInRows(x, cotangent, g, table, end, bytes, sourceStep, cotangentStep, rows - row, sourceRow, gradientRow);
    }
  }
}

/** Four consecutive taps. */
function fourTaps(
  source: usize, cotangent: usize, gradient: usize, table: usize, end: usize,
  bytes: usize, sourceStep: usize, cotangentStep: usize,
): void {
  let a0 = f32x4.splat(0), a1 = f32x4.splat(0), b0 = f32x4.splat(0), b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0), c1 = f32x4.splat(0), d0 = f32x4.splat(0), d1 = f32x4.splat(0);
  for (let entry = table; entry < end; entry += 8) {
    let p = source + <usize>load<u32>(entry), q = cotangent + <usize>load<u32>(entry, 4);
    for (const last = q + bytes; q < last; ) {
      const g0 = v128.load(q), g1 = v128.load(q, 16);
      const a = v128.load32_splat(p);
      a0 = multiplyAdd(a, g0, a0);
      a1 = multiplyAdd(a, g1, a1);
      const b = v128.load32_splat(p, 4);
      b0 = multiplyAdd(b, g0, b0);
      b1 = multiplyAdd(b, g1, b1);
      const c = v128.load32_splat(p, 8);
      c0 = multiplyAdd(c, g0, c0);
      c1 = multiplyAdd(c, g1, c1);
      const d = v128.load32_splat(p, 12);
      d0 = multiplyAdd(d, g0, d0);
      d1 = multiplyAdd(d, g1, d1);
      p += sourceStep;
      q += cotangentStep;
    }
  }
  accumulate(gradient, a0, a1);
  accumulate(gradient + 32, b0, b1);
  accumulate(gradient + 64, c0, c1);
  accumulate(gradient + 96, d0, d1);
}

/** One tap in each of up to four rows; if there are fewer, the last is computed again and dropped. */
function tapInRows(
  source: usize, cotangent: usize, gradient: usize, table: usize, end: usize,
  bytes: usize, sourceStep: usize, cotangentStep: usize, rows: i32, sourceRow: usize, gradientRow: usize,
): void {
  const row1 = rows > 1 ? sourceRow : 0;
  const row2 = rows > 2 ? row1 + sourceRow : row1;
  const row3 = rows > 3 ? row2 + sourceRow : row2;
  let a0 = f32x4.splat(0), a1 = f32x4.splat(0), b0 = f32x4.splat(0), b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0), c1 = f32x4.splat(0), d0 = f32x4.splat(0), d1 = f32x4.splat(0);
  for (let entry = table; entry < end; entry += 8) {
    let p = source + <usize>load<u32>(entry), q = cotangent + <usize>load<u32>(entry, 4);
    for (const last = q + bytes; q < last; ) {
      const g0 = v128.load(q), g1 = v128.load(q, 16);
      const a = v128.load32_splat(p);
      a0 = multiplyAdd(a, g0, a0);
      a1 = multiplyAdd(a, g1, a1);
      const b = v128.load32_splat(p + row1);
      b0 = multiplyAdd(b, g0, b0);
      b1 = multiplyAdd(b, g1, b1);
      const c = v128.load32_splat(p + row2);
      c0 = multiplyAdd(c, g0, c0);
      c1 = multiplyAdd(c, g1, c1);
      const d = v128.load32_splat(p + row3);
      d0 = multiplyAdd(d, g0, d0);
      d1 = multiplyAdd(d, g1, d1);
      p += sourceStep;
      q += cotangentStep;
    }
  }
  accumulate(gradient, a0, a1);
  if (rows > 1) accumulate(gradient + gradientRow, b0, b1);
  if (rows > 2) accumulate(gradient + 2 * gradientRow, c0, c1);
  if (rows > 3) accumulate(gradient + 3 * gradientRow, d0, d1);
}

// @ts-ignore: decorator
@inline
function accumulate(address: usize, low: v128, high: v128): void {
  v128.store(address, f32x4.add(v128.load(address), low));
  v128.store(address, f32x4.add(v128.load(address, 16), high), 16);
}
