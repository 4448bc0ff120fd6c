import { multiplyAdd } from './multiply-add';

/**
 * Twelve independent chains a ← a·m + s in registers, `rounds` long: 96 · rounds floating-point operations and no
 * memory, which is as fast as this build can compute. Twelve are enough to hide the latency of both operations,
 * and each product depends on its own chain, so that no compiler can share or hoist one.
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
