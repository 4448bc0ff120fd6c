/** Repeats each of `count` blocks of `bytes` bytes `repeats` times: [count, bytes] -> [count, repeats, bytes]. */
export function repeatBlocks(from: usize, to: usize, count: i32, bytes: usize, repeats: i32): void {
  for (const end = from + <usize>count * bytes; from < end; from += bytes) {
    if (bytes == 4) {
      to = repeatWord(from, to, repeats);
      continue;
    }
    for (let repeat = 0; repeat < repeats; repeat++) {
      // A call of memory.copy costs as much as some sixteen words.
      if (bytes >= 64) memory.copy(to, from, bytes);
      else if (bytes & 3) for (let at: usize = 0; at < bytes; at++) store<u8>(to + at, load<u8>(from + at));
      else for (let at: usize = 0; at < bytes; at += 4) store<u32>(to + at, load<u32>(from + at));
      to += bytes;
    }
  }
}

// @ts-ignore: decorator
@inline
function repeatWord(from: usize, to: usize, repeats: i32): usize {
  const end = to + (<usize>repeats << 2), whole = to + (<usize>(repeats & ~3) << 2), lanes = v128.load32_splat(from);
  for (; to < whole; to += 16) v128.store(to, lanes);
  for (; to < end; to += 4) v128.store_lane<u32>(to, lanes, 0);
  return to;
}
