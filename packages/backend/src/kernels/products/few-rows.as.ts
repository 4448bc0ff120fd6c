import { clampValues } from '../activation/activate.as';
import { clamped, loadLanes, storeLanes } from '../lanes/lanes.as';
import { multiplyAdd } from '../lanes/multiply-add.as';
import { dot } from './dot.as';

/**
 * A·B + bias of dense `[rows, inner]` and `[inner, columns]`, clamped to `low` and `high`, with B read where it lies: for few
 * rows a packed copy costs more than the product. `bias` is `[columns]`, or 0 for none.
 *
 * Eight rows of B are read side by side, from left to right and by whole lines of the cache; the sums wait in the product.
 */
export function multiplyFewRows(
  a: usize, b: usize, bias: usize, product: usize, rows: i32, inner: i32, columns: i32, low: f32, high: f32,
): void {
  const aRow = <usize>inner << 2, row = <usize>columns << 2;
  if (inner > 0 && inner <= 8) {
    if (low > -Infinity || high < Infinity) alongShallow(true, a, b, bias, product, rows, inner, columns, low, high);
    else alongShallow(false, a, b, bias, product, rows, inner, columns, low, high);
    return;
  }
  if (rows === 1) alongOneRow(a, b, bias, product, inner, row);
  else {
    if (bias || inner === 0) startRows(bias, product, rows, row);
    for (let k = 0; k < inner; k += 8) {
      rowPairs(a + (<usize>k << 2), b + <usize>k * row, product, rows, min(8, inner - k), aRow, row, k === 0 && !bias, 0, row);
    }
  }
  clamp(product, rows * columns, low, high);
}

/** `count` products of few rows, whose operands are `stepA` and `stepB` bytes apart: 0 for one that all share. */
export function multiplyFewRowsOfEach(
  a: usize, b: usize, bias: usize, product: usize, rows: i32, inner: i32, columns: i32, low: f32, high: f32,
  count: i32, stepA: usize, stepB: usize, transposed: bool,
): void {
  for (let i = 0; i < count; i++) {
    if (transposed) multiplyFewRowsTransposed(a, b, bias, product, rows, inner, columns, low, high);
    else multiplyFewRows(a, b, bias, product, rows, inner, columns, low, high);
    a += stepA;
    b += stepB;
    product += <usize>(rows * columns) << 2;
  }
}

/** Rows of B, and lines of the cache of each, that are copied at a time: 16 KiB. Side by side, they are fetched sooner. */
// @ts-ignore: decorator
@inline
const stripRows: i32 = 64;
// @ts-ignore: decorator
@inline
const linesAtOnce: usize = 4;

/** Rows of A that stay in the second-level cache, 128 values of each, while all strips of B meet them. */
// @ts-ignore: decorator
@inline
const rowsAtOnce: i32 = 256;

/**
 * The columns from `first` on of A·B + bias, as `multiplyFewRows` of more rows. A strip of B, a line of the cache of 128 rows,
 * is copied to `strip` before all rows of A meet it: where it lies, few lines that are a power of two apart fit the cache.
 */
export function multiplyStrips(
  a: usize, b: usize, bias: usize, product: usize, rows: i32, inner: i32, columns: i32, first: i32, count: i32,
  low: f32, high: f32, strip: usize,
): void {
  const aRow = <usize>inner << 2, row = <usize>columns << 2, from = <usize>first << 2, end = <usize>count << 2;
  for (let top = 0; top < rows; top += rowsAtOnce) {
    const many = min(rowsAtOnce, rows - top), y = product + <usize>top * row + from, block = a + <usize>top * aRow;
    if (bias) for (let i = 0; i < many; i++) memory.copy(y + <usize>i * row, bias + from, end);
    for (let k = 0; k < inner; k += stripRows) {
      alongStrips(block + (<usize>k << 2), b + <usize>k * row + from, y, many, min(stripRows, inner - k), aRow, row, k === 0 && !bias, end, strip);
    }
    if (low > -Infinity || high < Infinity) {
      for (let i = 0; i < many; i++) clampValues(y + <usize>i * row, y + <usize>i * row, count, low, high);
    }
  }
}

/** Copies lines of the cache that lie side by side in `count` rows into strips of one line each. */
function copyLines(from: usize, strip: usize, count: i32, row: usize, bytes: usize, stripBytes: usize): void {
  for (let k = 0; k < count; k++) {
    let to = strip + (<usize>k << 6);
    for (let at: usize = 0; at < bytes; at += 64) {
      v128.store(to, v128.load(from + at));
      v128.store(to, v128.load(from + at, 16), 16);
      v128.store(to, v128.load(from + at, 32), 32);
      v128.store(to, v128.load(from + at, 48), 48);
      to += stripBytes;
    }
    from += row;
  }
}

/** Adds the products of `count` values of each row to its sums, which are 0 if they are fresh, in `end` bytes of it. */
function alongStrips(
  a: usize, b: usize, y: usize, rows: i32, count: i32, aRow: usize, row: usize, fresh: bool, end: usize, strip: usize,
): void {
  const lines = end & ~63, stripBytes = <usize>count << 6;
  for (let at: usize = 0; at < lines; at += linesAtOnce << 6) {
    const wide = min(linesAtOnce, (lines - at) >> 6);
    copyLines(b + at, strip, count, row, wide << 6, stripBytes);
    for (let line: usize = 0; line < wide; line++) {
      const lineOfB = strip + line * stripBytes, lineOfY = y + at + (line << 6);
      for (let i = 0; i < rows; i += 2) {
        const next = <usize>min(1, rows - 1 - i);
        const fromA = a + <usize>i * aRow, to = lineOfY + <usize>i * row;
        twoRows16(false, fromA, fromA + next * aRow, lineOfB, to, to + next * row, count, 64, fresh, to, to + next * row, 0, 0);
      }
    }
  }
  rowPairs(a, b, y, rows, count, aRow, row, fresh, lines, end);
}

/** If all of B is read at once, each pair of rows of the product is written from left to right, and only once. */
// @ts-ignore: decorator
@inline
function alongShallow(
  clamps: bool, a: usize, b: usize, bias: usize, y: usize, rows: i32, inner: i32, columns: i32, low: f32, high: f32,
): void {
  const aRow = <usize>inner << 2, row = <usize>columns << 2, lines = row & ~63, vectors = row & ~15;
  for (let i = 0; i < rows; i += 2) {
    const pair = min(2, rows - i), a1 = a + <usize>(pair - 1) * aRow, y1 = y + <usize>(pair - 1) * row, fresh = !bias;
    for (let at: usize = 0; at < lines; at += 64) twoRows16(clamps, a, a1, b + at, y + at, y1 + at, inner, row, fresh, bias + at, bias + at, low, high);
    for (let at = lines; at < vectors; at += 16) twoRows(false, clamps, a, a1, b + at, y + at, y1 + at, inner, row, fresh, bias + at, bias + at, low, high);
    for (let at = vectors; at < row; at += 4) twoRows(true, clamps, a, a1, b + at, y + at, y1 + at, inner, row, fresh, bias + at, bias + at, low, high);
    a += 2 * aRow;
    y += 2 * row;
  }
}

/** A·Bᵀ + bias, as `multiplyFewRows`, of dense `[rows, inner]` and `[columns, inner]`. */
export function multiplyFewRowsTransposed(
  a: usize, b: usize, bias: usize, product: usize, rows: i32, inner: i32, columns: i32, low: f32, high: f32,
): void {
  const size = <usize>inner << 2;
  for (let column = 0; column < columns; column++) {
    const start = bias ? load<f32>(bias + (<usize>column << 2)) : 0;
    for (let i = 0; i < rows; i++) {
      const sum = start + <f32>dot(a + <usize>i * size, b, inner);
      store<f32>(product + (<usize>(i * columns + column) << 2), sum);
    }
    b += size;
  }
  clamp(product, rows * columns, low, high);
}

function clamp(address: usize, size: i32, low: f32, high: f32): void {
  if (low > -Infinity || high < Infinity) clampValues(address, address, size, low, high);
}

function alongOneRow(a: usize, b: usize, bias: usize, y: usize, inner: i32, row: usize): void {
  startRows(bias, y, 1, row);
  const whole = inner & ~3;
  for (let k = 0; k < whole; k += 4) fourOfOneRow(a + (<usize>k << 2), b + <usize>k * row, y, row);
  if (whole < inner) rowPairs(a + (<usize>whole << 2), b + <usize>whole * row, y, 1, inner - whole, 0, row, false, 0, row);
}

function startRows(bias: usize, y: usize, rows: i32, row: usize): void {
  for (let i = 0; i < rows; i++) {
    if (bias) memory.copy(y, bias, row);
    else memory.fill(y, 0, row);
    y += row;
  }
}

/** Adds the products of four values of a single row to its sums. */
function fourOfOneRow(a: usize, b: usize, y: usize, row: usize): void {
  const x0 = v128.load32_splat(a), x1 = v128.load32_splat(a, 4);
  const x2 = v128.load32_splat(a, 8), x3 = v128.load32_splat(a, 12);
  const b1 = b + row, b2 = b1 + row, b3 = b2 + row, vectors = row & ~15;
  for (let at: usize = 0; at < vectors; at += 16) {
    sumOfFour(false, x0, x1, x2, x3, b + at, b1 + at, b2 + at, b3 + at, y + at);
  }
  for (let at = vectors; at < row; at += 4) {
    sumOfFour(true, x0, x1, x2, x3, b + at, b1 + at, b2 + at, b3 + at, y + at);
  }
}

// @ts-ignore: decorator
@inline
function sumOfFour(
  one: bool, x0: v128, x1: v128, x2: v128, x3: v128, b0: usize, b1: usize, b2: usize, b3: usize, y: usize,
): void {
  let sum = multiplyAdd(x0, loadLanes(one, b0), loadLanes(one, y));
  sum = multiplyAdd(x1, loadLanes(one, b1), sum);
  sum = multiplyAdd(x2, loadLanes(one, b2), sum);
  storeLanes(one, y, multiplyAdd(x3, loadLanes(one, b3), sum));
}

/**
 * Adds the products of `count` values of each row to its sums, which are 0 if they are fresh, from a byte of the row to another.
 * Two rows at a time; a last one alone is taken for both.
 */
function rowPairs(
  a: usize, b: usize, y: usize, rows: i32, count: i32, aRow: usize, row: usize, fresh: bool, start: usize, end: usize,
): void {
  const lines = end & ~63, vectors = end & ~15;
  for (let at = start; at < lines; at += 64) {
    for (let i = 0; i < rows; i += 2) {
      const next = <usize>min(1, rows - 1 - i);
      const fromA = a + <usize>i * aRow, to = y + <usize>i * row + at;
      twoRows16(false, fromA, fromA + next * aRow, b + at, to, to + next * row, count, row, fresh, to, to + next * row, 0, 0);
    }
  }
  for (let i = 0; i < rows; i += 2) {
    const next = <usize>min(1, rows - 1 - i);
    const a0 = a + <usize>i * aRow, y0 = y + <usize>i * row, a1 = a0 + next * aRow, y1 = y0 + next * row;
    for (let at = lines; at < vectors; at += 16) twoRows(false, false, a0, a1, b + at, y0 + at, y1 + at, count, row, fresh, y0 + at, y1 + at, 0, 0);
    for (let at = vectors; at < end; at += 4) twoRows(true, false, a0, a1, b + at, y0 + at, y1 + at, count, row, fresh, y0 + at, y1 + at, 0, 0);
  }
}

/** Sixteen columns of two rows: sums that begin at 0 if they are fresh, else at what lies at `from`. */
// @ts-ignore: decorator
@inline
function twoRows16(
  clamps: bool, a0: usize, a1: usize, b: usize, y0: usize, y1: usize, count: i32, row: usize, fresh: bool, from0: usize, from1: usize,
  low: f32, high: f32,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
  if (!fresh) {
    s0 = v128.load(from0);
    s1 = v128.load(from0, 16);
    s2 = v128.load(from0, 32);
    s3 = v128.load(from0, 48);
    t0 = v128.load(from1);
    t1 = v128.load(from1, 16);
    t2 = v128.load(from1, 32);
    t3 = v128.load(from1, 48);
  }
  for (const end = a0 + (<usize>count << 2); a0 < end; a0 += 4) {
    const x0 = v128.load32_splat(a0), x1 = v128.load32_splat(a1);
    const w0 = v128.load(b), w1 = v128.load(b, 16), w2 = v128.load(b, 32), w3 = v128.load(b, 48);
    s0 = multiplyAdd(x0, w0, s0);
    t0 = multiplyAdd(x1, w0, t0);
    s1 = multiplyAdd(x0, w1, s1);
    t1 = multiplyAdd(x1, w1, t1);
    s2 = multiplyAdd(x0, w2, s2);
    t2 = multiplyAdd(x1, w2, t2);
    s3 = multiplyAdd(x0, w3, s3);
    t3 = multiplyAdd(x1, w3, t3);
    a1 += 4;
    b += row;
  }
  const least = f32x4.splat(low), most = f32x4.splat(high);
  v128.store(y0, within(clamps, s0, least, most));
  v128.store(y0, within(clamps, s1, least, most), 16);
  v128.store(y0, within(clamps, s2, least, most), 32);
  v128.store(y0, within(clamps, s3, least, most), 48);
  v128.store(y1, within(clamps, t0, least, most));
  v128.store(y1, within(clamps, t1, least, most), 16);
  v128.store(y1, within(clamps, t2, least, most), 32);
  v128.store(y1, within(clamps, t3, least, most), 48);
}

// @ts-ignore: decorator
@inline
function within(clamps: bool, value: v128, least: v128, most: v128): v128 {
  return clamps ? clamped(value, least, most) : value;
}

/** Four columns of two rows, or one. */
// @ts-ignore: decorator
@inline
function twoRows(
  one: bool, clamps: bool, a0: usize, a1: usize, b: usize, y0: usize, y1: usize, count: i32, row: usize, fresh: bool, from0: usize, from1: usize,
  low: f32, high: f32,
): void {
  let s = f32x4.splat(0), t = s;
  if (!fresh) {
    s = loadLanes(one, from0);
    t = loadLanes(one, from1);
  }
  for (const end = a0 + (<usize>count << 2); a0 < end; a0 += 4) {
    const w = loadLanes(one, b);
    s = multiplyAdd(v128.load32_splat(a0), w, s);
    t = multiplyAdd(v128.load32_splat(a1), w, t);
    a1 += 4;
    b += row;
  }
  const least = f32x4.splat(low), most = f32x4.splat(high);
  storeLanes(one, y0, within(clamps, s, least, most));
  storeLanes(one, y1, within(clamps, t, least, most));
}
