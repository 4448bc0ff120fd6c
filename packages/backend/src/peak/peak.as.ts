import { multiplyAdd } from '../kernels/lanes/multiply-add.as';

// Two loops that do nothing but multiply and add. Which of them is faster depends on how a processor binds
// operations to its ports; the peak is the better of the two.

/**
 * Twelve independent chains a ← a·m + s in registers, `rounds` long: 96 · rounds floating-point operations. Twelve
 * hide the latency of both operations, and each product depends on its own chain, so that no compiler can share
 * or hoist one.
 */
export function multiplyAddChains(rounds: i32): f32 {
  const m = f32x4.splat(0.999), s = f32x4.splat(0.001);
  let a = f32x4.splat(1), b = f32x4.splat(2), c = f32x4.splat(3), d = f32x4.splat(4);
  let e = f32x4.splat(5), f = f32x4.splat(6), g = f32x4.splat(7), h = f32x4.splat(8);
  let i = f32x4.splat(9), j = f32x4.splat(10), k = f32x4.splat(11), l = f32x4.splat(12);
  for (let round = 0; round < rounds; round++) {
    a = multiplyAdd(a, m, s);
    b = multiplyAdd(b, m, s);
    c = multiplyAdd(c, m, s);
    d = multiplyAdd(d, m, s);
    e = multiplyAdd(e, m, s);
    f = multiplyAdd(f, m, s);
    g = multiplyAdd(g, m, s);
    h = multiplyAdd(h, m, s);
    i = multiplyAdd(i, m, s);
    j = multiplyAdd(j, m, s);
    k = multiplyAdd(k, m, s);
    l = multiplyAdd(l, m, s);
  }
  const low = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(e, f));
  const high = f32x4.add(f32x4.add(f32x4.add(g, h), f32x4.add(i, j)), f32x4.add(k, l));
  return f32x4.extract_lane(f32x4.add(low, high), 0);
}

/**
 * Eight sums of products of operands that come from 1 KiB of memory at `from`, as in the kernels: 64 · rounds
 * floating-point operations.
 */
export function multiplyAddLoads(from: usize, rounds: i32): f32 {
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
  let offset: usize = 0;
  for (let round = 0; round < rounds; round++) {
    const p = from + offset;
    const w0 = v128.load(p, 512), w1 = v128.load(p, 528);
    const a = v128.load32_splat(p);
    a0 = multiplyAdd(a, w0, a0);
    a1 = multiplyAdd(a, w1, a1);
    const b = v128.load32_splat(p, 4);
    b0 = multiplyAdd(b, w0, b0);
    b1 = multiplyAdd(b, w1, b1);
    const c = v128.load32_splat(p, 8);
    c0 = multiplyAdd(c, w0, c0);
    c1 = multiplyAdd(c, w1, c1);
    const d = v128.load32_splat(p, 12);
    d0 = multiplyAdd(d, w0, d0);
    d1 = multiplyAdd(d, w1, d1);
    offset = (offset + 32) & 255;
  }
  const low = f32x4.add(f32x4.add(a0, a1), f32x4.add(b0, b1));
  return f32x4.extract_lane(f32x4.add(low, f32x4.add(f32x4.add(c0, c1), f32x4.add(d0, d1))), 0);
}
