/** The sum of `parts` lists of `count` floats, `stride` bytes apart, in their order; the count is a multiple of four. */
export function addParts(from: usize, to: usize, count: i32, parts: i32, stride: usize): void {
  for (const end = to + (<usize>count << 2); to < end; to += 16) {
    let sum = v128.load(from);
    let p = from;
    for (let part = 1; part < parts; part++) {
      p += stride;
      sum = f32x4.add(sum, v128.load(p));
    }
    v128.store(to, sum);
    from += 16;
  }
}
