import { transposeFour } from '../lanes/transpose-four.as';

/** Taps whose rows are read together: each line of the cache is read for several blocks of channels while it is there. */
const tapsAtOnce = 64;

/**
 * A matrix `[taps, channels]`, whose elements are `tapStride` and `channelStride` floats apart, in blocks of
 * eight channels `[ceil(channels / 8)][blockTaps][8]`, zeros in the channels that are missing.
 * The strides may be negative: a flipped filter is one that is read backwards.
 */
export function packFilter(
  filter: usize, packed: usize, taps: i32, channels: i32, tapStride: i32, channelStride: i32, blockTaps: i32,
): void {
  const tapBytes = <isize>tapStride << 2, channelBytes = <isize>channelStride << 2;
  for (let tap = 0; tap < taps; tap += tapsAtOnce) {
    const count = min(tapsAtOnce, taps - tap);
    let from = filter + tap * tapBytes, to = packed + (<usize>tap << 5);
    for (let left = channels; left > 0; left -= 8) {
      if (left < 8) packSome(from, to, count, left, tapBytes, channelBytes);
      else if (channelStride === 1) packRows(from, to, count, tapBytes);
      else if (tapStride === 1) packColumns(from, to, count, channelBytes);
      else packSome(from, to, count, 8, tapBytes, channelBytes);
      from += channelBytes << 3;
      to += <usize>blockTaps << 5;
    }
  }
}

/** Eight channels that lie side by side. */
function packRows(from: usize, to: usize, taps: i32, tapBytes: isize): void {
  for (const end = to + (<usize>taps << 5); to < end; to += 32) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    from += tapBytes;
  }
}

/** Eight channels whose taps lie side by side: four taps of four channels at a time are transposed. */
function packColumns(from: usize, to: usize, taps: i32, channelBytes: isize): void {
  const whole = taps & ~3, lower = channelBytes << 2;
  for (const end = to + (<usize>whole << 5); to < end; to += 128) {
    transposeFour(from, channelBytes, to, 32);
    transposeFour(from + lower, channelBytes, to + 16, 32);
    from += 16;
  }
  packSome(from, to, taps - whole, 8, 4, channelBytes);
}

/** Up to eight channels, wherever they lie. */
function packSome(from: usize, to: usize, taps: i32, channels: i32, tapBytes: isize, channelBytes: isize): void {
  const none = f32x4.splat(0);
  for (const end = to + (<usize>taps << 5); to < end; to += 32) {
    v128.store(to, none);
    v128.store(to, none, 16);
    for (let channel = 0; channel < channels; channel++) {
      store<f32>(to + (<usize>channel << 2), load<f32>(from + channel * channelBytes));
    }
    from += tapBytes;
  }
}

/** The inverse of `packFilter` for a dense `[taps, channels]`. */
export function unpackFilter(packed: usize, filter: usize, taps: i32, channels: i32): void {
  const tapBytes = <usize>channels << 2;
  for (let tap = 0; tap < taps; tap += tapsAtOnce) {
    const count = min(tapsAtOnce, taps - tap);
    let from = packed + (<usize>tap << 5), to = filter + <usize>tap * tapBytes;
    for (let left = channels; left > 0; left -= 8) {
      if (left >= 8) unpackRows(from, to, count, tapBytes);
      else unpackSome(from, to, count, left, tapBytes);
      from += <usize>taps << 5;
      to += 32;
    }
  }
}

function unpackRows(from: usize, to: usize, taps: i32, tapBytes: usize): void {
  for (const end = from + (<usize>taps << 5); from < end; from += 32) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    to += tapBytes;
  }
}

function unpackSome(from: usize, to: usize, taps: i32, channels: i32, tapBytes: usize): void {
  for (const end = from + (<usize>taps << 5); from < end; from += 32) {
    for (let channel = 0; channel < channels; channel++) {
      store<f32>(to + (<usize>channel << 2), load<f32>(from + (<usize>channel << 2)));
    }
    to += tapBytes;
  }
}

/** Rows of `channels` floats in rows of `padded`, zeros in the rest. */
export function padChannels(from: usize, to: usize, rows: i32, channels: i32, padded: i32): void {
  const bytes = <usize>channels << 2, rest = <usize>(padded - channels) << 2;
  for (let row = 0; row < rows; row++) {
    memory.copy(to, from, bytes);
    memory.fill(to + bytes, 0, rest);
    from += bytes;
    to += bytes + rest;
  }
}

/** `[rows, columns]` as `[columns, rows]`. */
export function transpose(from: usize, to: usize, rows: i32, columns: i32): void {
  const rowBytes = <usize>columns << 2, columnBytes = <usize>rows << 2;
  const wholeColumns = columns & ~3;
  let row = 0;
  for (const whole = rows & ~3; row < whole; row += 4) {
    let p = from + <usize>row * rowBytes, q = to + (<usize>row << 2);
    let column = 0;
    for (; column < wholeColumns; column += 4) {
      transposeFour(p, rowBytes, q, columnBytes);
      p += 16;
      q += columnBytes << 2;
    }
    for (; column < columns; column++) {
      for (let i: usize = 0; i < 4; i++) store<f32>(q + (i << 2), load<f32>(p + i * rowBytes));
      p += 4;
      q += columnBytes;
    }
  }
  for (; row < rows; row++) {
    let p = from + <usize>row * rowBytes, q = to + (<usize>row << 2);
    for (let column = 0; column < columns; column++) {
      store<f32>(q, load<f32>(p));
      p += 4;
      q += columnBytes;
    }
  }
}

/** Sets `bytes` bytes to zero. */
export function zero(address: usize, bytes: usize): void {
  memory.fill(address, 0, bytes);
}
