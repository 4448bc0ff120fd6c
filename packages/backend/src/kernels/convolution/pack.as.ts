/**
 * A matrix `[taps, channels]`, whose elements are `tapStride` and `channelStride` floats apart, in blocks of
 * eight channels `[ceil(channels / 8)][blockTaps][8]`, zeros in the channels that are missing.
 * The strides may be negative: a flipped filter is one that is read backwards.
 */
export function packFilter(
  filter: usize, packed: usize, taps: i32, channels: i32, tapStride: i32, channelStride: i32, blockTaps: i32,
): void {
  const none = f32x4.splat(0);
  for (let first = 0; first < channels; first += 8) {
    const count = min(8, channels - first);
    let to = packed + (<usize>((first >> 3) * blockTaps) << 5);
    let from = filter + (<isize>(first * channelStride) << 2);
    if (channelStride === 1 && count === 8) {
      for (let tap = 0; tap < taps; tap++) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
        from += <isize>tapStride << 2;
        to += 32;
      }
      continue;
    }
    for (let tap = 0; tap < taps; tap++) {
      v128.store(to, none);
      v128.store(to, none, 16);
      for (let channel = 0; channel < count; channel++) {
        store<f32>(to + (<usize>channel << 2), load<f32>(from + (<isize>(channel * channelStride) << 2)));
      }
      from += <isize>tapStride << 2;
      to += 32;
    }
  }
}

/** The inverse of `packFilter` for a dense `[taps, channels]`. */
export function unpackFilter(packed: usize, filter: usize, taps: i32, channels: i32): void {
  for (let first = 0; first < channels; first += 8) {
    const count = min(8, channels - first);
    let from = packed + (<usize>((first >> 3) * taps) << 5);
    for (let tap = 0; tap < taps; tap++) {
      memory.copy(filter + (<usize>(tap * channels + first) << 2), from, <usize>count << 2);
      from += 32;
    }
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
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      store<f32>(to + (<usize>(column * rows + row) << 2), load<f32>(from));
      from += 4;
    }
  }
}

/** Sets `bytes` bytes to zero. */
export function zero(address: usize, bytes: usize): void {
  memory.fill(address, 0, bytes);
}
