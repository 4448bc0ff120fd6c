/** The maximum of each window, clipped to the image; a NaN is the largest. */
export function maxPoolWindows(
  x: usize, y: usize, images: i32, height: i32, width: i32, channels: i32,
  sizeH: i32, sizeW: i32, strideH: i32, strideW: i32, top: i32, left: i32, rows: i32, columns: i32,
): void {
  const pixel = <usize>channels << 2, line = <usize>width * pixel;
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < rows; row++) {
      const y0 = row * strideH - top, h0 = max(0, y0), h1 = min(height, y0 + sizeH);
      for (let column = 0; column < columns; column++) {
        const x0 = column * strideW - left, w0 = max(0, x0), w1 = min(width, x0 + sizeW);
        const start = x + <usize>((image * height + h0) * width + w0) * pixel;
        const lines = <usize>(h1 - h0) * line, run = <usize>(w1 - w0) * pixel;
        if (pixel >= 16 && h1 - h0 == 3 && w1 - w0 == 3) {
          for (let channel: usize = 0; channel < pixel; channel += 16) {
            channel = min(channel, pixel - 16);
            nine(4, start + channel, y + channel, line, pixel);
          }
        } else if (pixel >= 16) {
          let channel: usize = 0;
          for (; channel + 64 <= pixel; channel += 64) sixteen(start + channel, y + channel, lines, line, run, pixel);
          if (channel + 32 <= pixel) {
            eight(start + channel, y + channel, lines, line, run, pixel);
            channel += 32;
          }
          for (; channel < pixel; channel += 16) {
            // The last four may overlap those before.
            channel = min(channel, pixel - 16);
            four(4, start + channel, y + channel, lines, line, run, pixel);
          }
        } else if (pixel == 12) {
          if (h1 - h0 == 3 && w1 - w0 == 3) nine(3, start, y, line, pixel);
          else four(3, start, y, lines, line, run, pixel);
        } else if (pixel == 8) {
          four(2, start, y, lines, line, run, pixel);
        } else {
          four(1, start, y, lines, line, run, pixel);
        }
        y += pixel;
      }
    }
  }
}

// The quick maximum of two loses a NaN of the second, so NaNs are kept beside it: the bits of a lane that had one are set.

// @ts-ignore: decorator
@inline
function nans(value: v128): v128 {
  return f32x4.ne(value, value);
}

/** The first of four lanes; `count` is a constant when this is inlined. */
// @ts-ignore: decorator
@inline
function loadFirst(count: i32, address: usize): v128 {
  if (count == 4) return v128.load(address);
  if (count == 3) return v128.load32_lane(address, v128.load64_zero(address), 2, 8);
  return count == 2 ? v128.load64_zero(address) : v128.load32_zero(address);
}

// @ts-ignore: decorator
@inline
function storeFirst(count: i32, address: usize, value: v128): void {
  if (count == 4) {
    v128.store(address, value);
    return;
  }
  if (count >= 2) v128.store_lane<u64>(address, value, 0);
  if (count == 3) v128.store_lane<u32>(address, value, 2, 8);
  if (count == 1) v128.store_lane<u32>(address, value, 0);
}

// @ts-ignore: decorator
@inline
function nine(count: i32, from: usize, y: usize, line: usize, pixel: usize): void {
  const second = from + line, third = second + line;
  const a = loadFirst(count, from), b = loadFirst(count, from + pixel), c = loadFirst(count, from + 2 * pixel);
  const d = loadFirst(count, second), e = loadFirst(count, second + pixel), f = loadFirst(count, second + 2 * pixel);
  const g = loadFirst(count, third), h = loadFirst(count, third + pixel), i = loadFirst(count, third + 2 * pixel);
  const upper = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d)), lower = f32x4.pmax(f32x4.pmax(e, f), f32x4.pmax(g, h));
  const best = f32x4.pmax(f32x4.pmax(upper, lower), i);
  const badUpper = v128.or(v128.or(nans(a), nans(b)), v128.or(nans(c), nans(d)));
  const badLower = v128.or(v128.or(nans(e), nans(f)), v128.or(nans(g), nans(h)));
  storeFirst(count, y, v128.or(v128.or(best, nans(i)), v128.or(badUpper, badLower)));
}

// @ts-ignore: decorator
@inline
function four(count: i32, from: usize, y: usize, lines: usize, line: usize, run: usize, pixel: usize): void {
  let best = loadFirst(count, from), bad = nans(best);
  for (const last = from + lines; from < last; from += line) {
    let at = from;
    for (const end = at + run; at < end; at += pixel) {
      const value = loadFirst(count, at);
      best = f32x4.pmax(best, value);
      bad = v128.or(bad, nans(value));
    }
  }
  storeFirst(count, y, v128.or(best, bad));
}

// @ts-ignore: decorator
@inline
function eight(from: usize, y: usize, lines: usize, line: usize, run: usize, pixel: usize): void {
  let a = v128.load(from), b = v128.load(from, 16), badA = nans(a), badB = nans(b);
  for (const last = from + lines; from < last; from += line) {
    let at = from;
    for (const end = at + run; at < end; at += pixel) {
      const p = v128.load(at), q = v128.load(at, 16);
      a = f32x4.pmax(a, p);
      b = f32x4.pmax(b, q);
      badA = v128.or(badA, nans(p));
      badB = v128.or(badB, nans(q));
    }
  }
  v128.store(y, v128.or(a, badA));
  v128.store(y, v128.or(b, badB), 16);
}

// @ts-ignore: decorator
@inline
function sixteen(from: usize, y: usize, lines: usize, line: usize, run: usize, pixel: usize): void {
  let a = v128.load(from), b = v128.load(from, 16), c = v128.load(from, 32), d = v128.load(from, 48);
  let badA = nans(a), badB = nans(b), badC = nans(c), badD = nans(d);
  for (const last = from + lines; from < last; from += line) {
    let at = from;
    for (const end = at + run; at < end; at += pixel) {
      const p = v128.load(at), q = v128.load(at, 16), r = v128.load(at, 32), s = v128.load(at, 48);
      a = f32x4.pmax(a, p);
      b = f32x4.pmax(b, q);
      c = f32x4.pmax(c, r);
      d = f32x4.pmax(d, s);
      badA = v128.or(badA, nans(p));
      badB = v128.or(badB, nans(q));
      badC = v128.or(badC, nans(r));
      badD = v128.or(badD, nans(s));
    }
  }
  v128.store(y, v128.or(a, badA));
  v128.store(y, v128.or(b, badB), 16);
  v128.store(y, v128.or(c, badC), 32);
  v128.store(y, v128.or(d, badD), 48);
}
