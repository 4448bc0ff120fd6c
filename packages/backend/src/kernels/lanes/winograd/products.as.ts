import { multiplyAdd } from '../multiply-add.as';

/**
 * Products of tiles and filters at each point: out[point][tile][8 of block] = Σ over channels v[point][tile][channel] ·
 * u[block][point][channel][8].
 *
 * @param bias of eight floats for each block, or 0: what the sums of point `biasPoint` start at.
 */
export function multiplyTiles(
  v: usize, vPoint: usize, vTile: usize, u: usize, uPoint: usize, uBlock: usize, bias: usize, biasPoint: i32,
  out: usize, outPoint: usize, outTile: usize, points: i32, tiles: i32, channels: i32, blocks: i32,
): void {
  const bytes = <usize>channels << 2;
  for (let point = 0; point < points; point++) {
    const first = v + <usize>point * vPoint, last = first + <usize>(tiles - 1) * vTile;
    const target = out + <usize>point * outPoint;
    for (let block = 0; block < blocks; block++) {
      const filter = u + <usize>point * uPoint + <usize>block * uBlock;
      const isBiased = bias !== 0 && point === biasPoint;
      const low = isBiased ? v128.load(bias + (<usize>block << 5)) : f32x4.splat(0);
      const high = isBiased ? v128.load(bias + (<usize>block << 5), 16) : f32x4.splat(0);
      let q = target + (<usize>block << 5);
      for (let p = first; p <= last; p += vTile << 2) {
        fourTiles(p, last, vTile, filter, bytes, q, outTile, low, high);
        q += outTile << 2;
      }
    }
  }
}

/** Four tiles × eight channels, which stay in registers; the last tile repeats if there are fewer. */
function fourTiles(
  first: usize, last: usize, tile: usize, filter: usize, bytes: usize, out: usize, outTile: usize, low: v128, high: v128,
): void {
  let p0 = first, p1 = min(p0 + tile, last), p2 = min(p1 + tile, last), p3 = min(p2 + tile, last), f = filter;
  const out1 = p1 > p0 ? out + outTile : out, out2 = p2 > p1 ? out1 + outTile : out1, out3 = p3 > p2 ? out2 + outTile : out2;
  let a0 = low, a1 = high, b0 = low, b1 = high, c0 = low, c1 = high, d0 = low, d1 = high;
  for (const end = p0 + bytes; p0 < end; ) {
    const w0 = v128.load(f), w1 = v128.load(f, 16);
    const a = v128.load32_splat(p0);
    a0 = multiplyAdd(a, w0, a0);
    a1 = multiplyAdd(a, w1, a1);
    const b = v128.load32_splat(p1);
    b0 = multiplyAdd(b, w0, b0);
    b1 = multiplyAdd(b, w1, b1);
    const c = v128.load32_splat(p2);
    c0 = multiplyAdd(c, w0, c0);
    c1 = multiplyAdd(c, w1, c1);
    const d = v128.load32_splat(p3);
    d0 = multiplyAdd(d, w0, d0);
    d1 = multiplyAdd(d, w1, d1);
    f += 32;
    p0 += 4;
    p1 += 4;
    p2 += 4;
    p3 += 4;
  }
  v128.store(out, a0);
  v128.store(out, a1, 16);
  v128.store(out1, b0);
  v128.store(out1, b1, 16);
  v128.store(out2, c0);
  v128.store(out2, c1, 16);
  v128.store(out3, d0);
  v128.store(out3, d1, 16);
}

/**
 * Sums over tiles at each point: gradient[block][point][channel][8] = Σ v[point][channel / 8][tile][channel % 8] ·
 * d[point][block][tile][8], added to what is there if `adds`.
 */
export function correlateTiles(
  v: usize, vPoint: usize, vEight: usize, d: usize, dPoint: usize, dBlock: usize,
  gradient: usize, gradientPoint: usize, gradientBlock: usize,
  points: i32, tiles: i32, channels: i32, blocks: i32, adds: bool,
): void {
  const bytes = <usize>tiles << 5;
  for (let point = 0; point < points; point++) {
    for (let channel = 0; channel < channels; channel += 4) {
      const p = v + <usize>point * vPoint + <usize>(channel >> 3) * vEight + (<usize>(channel & 4) << 2);
      let q = d + <usize>point * dPoint, g = gradient + <usize>point * gradientPoint + (<usize>channel << 5);
      for (let block = 0; block < blocks; block++) {
        fourChannels(p, q, bytes, g, adds);
        q += dBlock;
        g += gradientBlock;
      }
    }
  }
}

/** Four channels of one × eight of the other. */
function fourChannels(p: usize, q: usize, bytes: usize, gradient: usize, adds: bool): void {
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
  for (const end = q + bytes; q < end; ) {
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
    p += 32;
    q += 32;
  }
  storeSums(gradient, a0, a1, adds);
  storeSums(gradient + 32, b0, b1, adds);
  storeSums(gradient + 64, c0, c1, adds);
  storeSums(gradient + 96, d0, d1, adds);
}

// @ts-ignore: decorator
@inline
function storeSums(address: usize, low: v128, high: v128, adds: bool): void {
  v128.store(address, adds ? f32x4.add(v128.load(address), low) : low);
  v128.store(address, adds ? f32x4.add(v128.load(address, 16), high) : high, 16);
}
