import { loadLanes, storeLanes } from '../lanes/lanes.as';
import { multiplyAdd } from '../lanes/multiply-add.as';

/**
 * dx `[images, height, width, channels]` of a resize to dy `[images, rows, columns, channels]`.
 *
 * `rowTaps` and `columnTaps` say what each row and column was made of, in eight bytes each: the first position and the
 * share of the next one, 0 for none. What a row of dy gives is summed in `line`, scratch of a row of dx, before it goes to two.
 */
export function resizeGradient(
  dy: usize, dx: usize, images: i32, height: i32, width: i32, rows: i32, columns: i32, channels: i32,
  rowTaps: usize, columnTaps: usize, line: usize,
): void {
  const lineBytes = <usize>(width * channels) << 2, rowBytes = <usize>(columns * channels) << 2;
  memory.fill(dx, 0, <usize>(images * height) * lineBytes);
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < rows; row++) {
      const tap = rowTaps + (<usize>row << 3);
      const to = dx + <usize>load<i32>(tap) * lineBytes, share = load<f32>(tap, 4);
      if (share == 0) addColumns(dy, to, columns, channels, columnTaps);
      else {
        memory.fill(line, 0, lineBytes);
        addColumns(dy, line, columns, channels, columnTaps);
        addToTwo(line, to, to + lineBytes, width * channels, 1 - share, share);
      }
      dy += rowBytes;
    }
    dx += <usize>height * lineBytes;
  }
}

function addColumns(dy: usize, to: usize, columns: i32, channels: i32, taps: usize): void {
  const pixel = <usize>channels << 2;
  for (const end = taps + (<usize>columns << 3); taps < end; taps += 8) {
    const first = to + <usize>load<i32>(taps) * pixel, share = load<f32>(taps, 4);
    if (share == 0) addTo(dy, first, channels);
    else addToTwo(dy, first, first + pixel, channels, 1 - share, share);
    dy += pixel;
  }
}

// @ts-ignore: decorator
@inline
function addTo(from: usize, to: usize, size: i32): void {
  for (const end = to + (<usize>(size & ~3) << 2); to < end; to += 16) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    from += 16;
  }
  for (const end = to + (<usize>(size & 3) << 2); to < end; to += 4) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    from += 4;
  }
}

// @ts-ignore: decorator
@inline
function addToTwo(from: usize, to: usize, next: usize, size: i32, share: f32, shareOfNext: f32): void {
  const a = f32x4.splat(share), b = f32x4.splat(shareOfNext);
  for (const end = to + (<usize>(size & ~3) << 2); to < end; to += 16) {
    addLanes(false, from, to, next, a, b);
    from += 16;
    next += 16;
  }
  for (const end = to + (<usize>(size & 3) << 2); to < end; to += 4) {
    addLanes(true, from, to, next, a, b);
    from += 4;
    next += 4;
  }
}

// @ts-ignore: decorator
@inline
function addLanes(one: bool, from: usize, to: usize, next: usize, a: v128, b: v128): void {
  const value = loadLanes(one, from);
  storeLanes(one, to, multiplyAdd(value, a, loadLanes(one, to)));
  storeLanes(one, next, multiplyAdd(value, b, loadLanes(one, next)));
}
