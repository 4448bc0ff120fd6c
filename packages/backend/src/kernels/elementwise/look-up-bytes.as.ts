/**
 * out = tables[channel][byte] of bytes `[rows, channels]`, with 256 floats a table. Channel by channel within rows that
 * stay in the first-level cache.
 */
export function lookUpBytes(bytes: usize, tables: usize, out: usize, size: i32, channels: i32): void {
  const block = channels * max(3072 / channels, 1), step = <usize>channels << 2;
  for (let from = 0; from < size; from += block) {
    const end = out + (<usize>min(from + block, size) << 2);
    for (let channel = 0; channel < channels; channel++) {
      const table = tables + (<usize>channel << 10);
      let p = bytes + from + channel;
      for (let o = out + (<usize>(from + channel) << 2); o < end; o += step) {
        store<f32>(o, load<f32>(table + (<usize>load<u8>(p) << 2)));
        p += channels;
      }
    }
  }
}
