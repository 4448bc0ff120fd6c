import { multiplyAdd } from './multiply-add';

/**
 * Sums over pixels of products of window and pixel: gradient[tap][channel] += Σ window[tap] · pixel[channel].
 *
 * The filter gradient of a convolution, and Aᵀ·B. Windows (in `source`) and pixels (in `cotangent`, whose channels are
 * a multiple of eight) come in runs of `length`, `sourceStep` and `cotangentStep` bytes apart; `table` lists where the
 * `runs` runs of each unit start, as for `convolve`. Where `alongUnits` is set, a run goes from unit to unit instead, and
 * has the length of what is worked on at once. `gradient` is packed like a filter and accumulated into, so it starts as
 * zeros.
 *
 * Four taps × eight channels stay in registers over the pixels of `unitsAtOnce` units and are then added to the
 * gradient: a sum of sums, whose rounding grows with the length of either and not with their product.
 */
export function correlate(
  source: usize, cotangent: usize, gradient: usize, table: usize,
  runs: i32, length: i32, sourceStep: usize, cotangentStep: usize, alongUnits: bool,
  units: i32, unitsAtOnce: i32, sourceUnit: usize, cotangentUnit: usize,
  rows: i32, rowTaps: i32, sourceRow: usize,
  firstTap: i32, gradientRow: i32, taps: i32, channels: i32,
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
    for (let channel = 0; channel < channels; channel += 8) {
      for (let row = 0; row < rows; row++) {
        const x = unitSource + <usize>row * sourceRow, g = blockGradient + <usize>row * rowBytes;
        for (let tap = 0; tap < whole; tap += 4) {
          fourTaps(x + (<usize>tap << 2), blockCotangent, g + (<usize>tap << 5), table, end, bytes, sourceStep, cotangentStep);
        }
      }
      // The rowTaps % 4 taps that are left over in each row, four rows at a time.
      for (let tap = whole; tap < rowTaps; tap++) {
        for (let row = 0; row < rows; row += 4) {
          const x = unitSource + <usize>row * sourceRow + (<usize>tap << 2);
          const g = blockGradient + <usize>row * rowBytes + (<usize>tap << 5);
          tapInRows(x, blockCotangent, g, table, end, bytes, sourceStep, cotangentStep, rows - row, sourceRow, rowBytes);
        }
      }
      blockCotangent += 32;
      blockGradient += <usize>taps << 5;
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

/** One tap in each of up to four rows; where there are fewer, the last is computed again and dropped. */
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
