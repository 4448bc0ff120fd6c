import { clampValues } from '../activation/activate.as';
import { loadLanes, storeLanes } from '../lanes/lanes.as';
import { multiplyAdd } from '../lanes/multiply-add.as';
import { dot } from './dot.as';

/**
 * A·B + bias of dense `[rows, inner]` and `[inner, columns]`, clamped to `low` and `high`, with B read where it lies: for few
 * rows a packed copy costs more than the product. `bias` is `[columns]`, or 0 for none.
 *
 * A few rows of B are read side by side, from left to right and by whole lines of the cache; the sums wait in the product. With
 * `strip`, scratch of `stripRows` lines, a line of as many rows of B is copied there first: for rows that are a power of two
 * apart, few fit the cache at once.
 */
export function multiplyFewRows(
  a: usize, b: usize, bias: usize, product: usize, rows: i32, inner: i32, columns: i32, low: f32, high: f32, strip: usize,
): void {
  const aRow = <usize>inner << 2, row = <usize>columns << 2;
  if (inner > 0 && inner <= 8) {
    alongShallow(a, b, bias, product, rows, inner, columns, low, high);
    return;
  }
  if (rows === 1) alongOneRow(a, b, bias, product, inner, row);
  else {
    if (bias || inner === 0) startRows(bias, product, rows, row);
    const atOnce = strip ? stripRows : 8;
    for (let k = 0; k < inner; k += atOnce) {
      const fromA = a + (<usize>k << 2), fromB = b + <usize>k * row, count = min(atOnce, inner - k);
      const fresh = k === 0 && !bias;
      if (strip) alongStrips(fromA, fromB, product, rows, count, aRow, row, fresh, strip);
      rowPairs(fromA, fromB, product, rows, count, aRow, row, fresh, strip ? row & ~63 : 0);
    }
  }
  clamp(product, rows * columns, low, high);
}

/** `count` products of few rows, whose operands are `stepA` and `stepB` bytes apart: 0 for one that all share. */
export function multiplyFewRowsOfEach(
  a: usize, b: usize, bias: usize, product: usize, rows: i32, inner: i32, columns: i32, low: f32, high: f32,
  count: i32, stepA: usize, stepB: usize,
): void {
  for (let i = 0; i < count; i++) {
    multiplyFewRows(a, b, bias, product, rows, inner, columns, low, high, 0);
    a += stepA;
    b += stepB;
    product += <usize>(rows * columns) << 2;
  }
}

/** Rows of B whose lines are copied at a time: 8 KiB. */
// @ts-ignore: decorator
@inline
const stripRows: i32 = 128;

/** Adds the products of `count` values of each row to its sums, as `rowPairs`, for the columns of whole lines. */
function alongStrips(
  a: usize, b: usize, y: usize, rows: i32, count: i32, aRow: usize, row: usize, fresh: bool, strip: usize,
): void {
  const lines = row & ~63, stripEnd = strip + (<usize>count << 6);
  for (let at: usize = 0; at < lines; at += 64) {
    let from = b + at;
    for (let to = strip; to < stripEnd; to += 64) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      v128.store(to, v128.load(from, 32), 32);
      v128.store(to, v128.load(from, 48), 48);
      from += row;
    }
    for (let i = 0; i < rows; i += 2) {
      const next = <usize>min(1, rows - 1 - i);
      const fromA = a + <usize>i * aRow, to = y + <usize>i * row + at;
      twoRows16(fromA, fromA + next * aRow, strip, to, to + next * row, count, 64, fresh, to, to + next * row);
    }
  }
}

/** If all of B is read at once, each pair of rows of the product is written from left to right, and only once. */
function alongShallow(
  a: usize, b: usize, bias: usize, y: usize, rows: i32, inner: i32, columns: i32, low: f32, high: f32,
): void {
  const aRow = <usize>inner << 2, row = <usize>columns << 2, lines = row & ~63, vectors = row & ~15;
  for (let i = 0; i < rows; i += 2) {
    const pair = min(2, rows - i), a1 = a + <usize>(pair - 1) * aRow, y1 = y + <usize>(pair - 1) * row;
    if (bias) {
      for (let at: usize = 0; at < lines; at += 64) twoRows16(a, a1, b + at, y + at, y1 + at, inner, row, false, bias + at, bias + at);
      for (let at = lines; at < vectors; at += 16) twoRows(false, a, a1, b + at, y + at, y1 + at, inner, row, false, bias + at, bias + at);
      for (let at = vectors; at < row; at += 4) twoRows(true, a, a1, b + at, y + at, y1 + at, inner, row, false, bias + at, bias + at);
    } else {
      for (let at: usize = 0; at < lines; at += 64) twoRows16(a, a1, b + at, y + at, y1 + at, inner, row, true, 0, 0);
      for (let at = lines; at < vectors; at += 16) twoRows(false, a, a1, b + at, y + at, y1 + at, inner, row, true, 0, 0);
      for (let at = vectors; at < row; at += 4) twoRows(true, a, a1, b + at, y + at, y1 + at, inner, row, true, 0, 0);
    }
    clamp(y, pair * columns, low, high);
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
  if (whole < inner) rowPairs(a + (<usize>whole << 2), b + <usize>whole * row, y, 1, inner - whole, 0, row, false, 0);
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
 * Adds the products of `count` values of each row to its sums from a byte of the row on, which are 0 if they are fresh. Two rows
 * at a time; a last one alone is taken for both.
 */
function rowPairs(
  a: usize, b: usize, y: usize, rows: i32, count: i32, aRow: usize, row: usize, fresh: bool, start: usize,
): void {
  const lines = row & ~63, vectors = row & ~15;
  for (let at = start; at < lines; at += 64) {
    for (let i = 0; i < rows; i += 2) {
      const next = <usize>min(1, rows - 1 - i);
      const fromA = a + <usize>i * aRow, to = y + <usize>i * row + at;
      twoRows16(fromA, fromA + next * aRow, b + at, to, to + next * row, count, row, fresh, to, to + next * row);
    }
  }
  for (let i = 0; i < rows; i += 2) {
    const next = <usize>min(1, rows - 1 - i);
    const a0 = a + <usize>i * aRow, y0 = y + <usize>i * row, a1 = a0 + next * aRow, y1 = y0 + next * row;
    for (let at = lines; at < vectors; at += 16) twoRows(false, a0, a1, b + at, y0 + at, y1 + at, count, row, fresh, y0 + at, y1 + at);
    for (let at = vectors; at < row; at += 4) twoRows(true, a0, a1, b + at, y0 + at, y1 + at, count, row, fresh, y0 + at, y1 + at);
  }
}

// @ts-ignore: decorator
@inline
function twoRows16(
  a0: usize, a1: usize, b: usize, y0: usize, y1: usize, count: i32, row: usize, fresh: bool, from0: usize, from1: usize,
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
  v128.store(y0, s0);
  v128.store(y0, s1, 16);
  v128.store(y0, s2, 32);
  v128.store(y0, s3, 48);
  v128.store(y1, t0);
  v128.store(y1, t1, 16);
  v128.store(y1, t2, 32);
  v128.store(y1, t3, 48);
}

// @ts-ignore: decorator
@inline
function twoRows(
  one: bool, a0: usize, a1: usize, b: usize, y0: usize, y1: usize, count: i32, row: usize, fresh: bool, from0: usize, from1: usize,
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
  storeLanes(one, y0, s);
  storeLanes(one, y1, t);
}
