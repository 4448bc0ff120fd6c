import { Lines } from './lines.as';
import { transform, transformBytes } from './transform.as';

/** Bytes of scratch that tiles of so many channels need: a transform's, and a patch of the image with its padding. */
// @ts-ignore: decorator
@inline
export function tileBytes(side: i32, channels: i32): usize {
  return transformBytes() + <usize>((side + 2) * (side + 2)) * patchPixel(channels);
}

/** Pixels of a patch are an odd number of half lines apart, so that those of many channels do not share a set of the cache. */
// @ts-ignore: decorator
@inline
function patchPixel(channels: i32): usize {
  return (<usize>channels << 2) + 32;
}

/**
 * Transforms tiles of images `[images, height, width, channels]`: of an input (`lines` is `Input`), whose tiles of
 * side + 2 pixels overlap, or of an output's gradient (`OutputGradient`), whose tiles are `side` pixels.
 *
 * The value of a point, tile and channel goes to `point`, `tile` and, for each eight channels, `eight` bytes further. Pixels
 * outside the image count as zeros.
 */
export function transformTiles(
  lines: Lines, side: i32, images: usize, height: i32, width: i32, channels: i32, top: i32, left: i32,
  tileRows: i32, tileColumns: i32, first: i32, tiles: i32,
  to: usize, point: usize, tile: usize, eight: usize, scratch: usize,
): void {
  const size = lines === Lines.Input ? side + 2 : side;
  const pixel = <usize>channels << 2, row = <usize>width * pixel;
  const patch = scratch + transformBytes(), paddedPixel = patchPixel(channels);
  let target = to;
  for (let at = first; at < first + tiles; at++) {
    const image = at / (tileRows * tileColumns), rest = at % (tileRows * tileColumns);
    const y = (rest / tileColumns) * side - top, x = (rest % tileColumns) * side - left;
    let from = images + (<usize>image * <usize>height + <isize>y) * row + <isize>x * pixel;
    let fromRow = row, fromPixel = pixel;
    if (y < 0 || x < 0 || y + size > height || x + size > width) {
      copyPatch(from, row, pixel, patch, paddedPixel, size, max(-y, 0), min(height - y, size), max(-x, 0), min(width - x, size));
      from = patch;
      fromRow = <usize>size * paddedPixel;
      fromPixel = paddedPixel;
    }
    if (lines === Lines.Input) {
      if (side === 4) channelsOfTile(Lines.Input, 4, from, fromRow, fromPixel, target, point, eight, channels, scratch);
      else channelsOfTile(Lines.Input, 2, from, fromRow, fromPixel, target, point, eight, channels, scratch);
    } else {
      if (side === 4) channelsOfTile(Lines.OutputGradient, 4, from, fromRow, fromPixel, target, point, eight, channels, scratch);
      else channelsOfTile(Lines.OutputGradient, 2, from, fromRow, fromPixel, target, point, eight, channels, scratch);
    }
    target += tile;
  }
}

// @ts-ignore: decorator
@inline
function channelsOfTile(
  lines: Lines, side: i32, from: usize, row: usize, pixel: usize, to: usize, point: usize, eight: usize, channels: i32, scratch: usize,
): void {
  const pointRow = <usize>(side + 2) * point;
  for (let channel = 0; channel < channels; channel += 8) {
    transform(lines, side, from, row, pixel, to, pointRow, point, scratch);
    transform(lines, side, from + 16, row, pixel, to + 16, pointRow, point, scratch);
    from += 32;
    to += eight;
  }
}

/** A square of pixels, of which rows and columns [from, end) are in the image, and the others zeros. */
function copyPatch(
  image: usize, imageRow: usize, pixel: usize, patch: usize, patchPixel: usize, size: i32,
  fromRow: i32, endRow: i32, fromColumn: i32, endColumn: i32,
): void {
  let to = patch;
  for (let row = 0; row < size; row++) {
    const isInside = row >= fromRow && row < endRow;
    let source = image + <usize>row * imageRow;
    for (let column = 0; column < size; column++) {
      const end = to + pixel;
      if (isInside && column >= fromColumn && column < endColumn) {
        for (let at = to, p = source; at < end; at += 16) {
          v128.store(at, v128.load(p));
          p += 16;
        }
      } else {
        for (let at = to; at < end; at += 16) v128.store(at, f32x4.splat(0));
      }
      source += pixel;
      to += patchPixel;
    }
  }
}

/**
 * Transforms points of tiles to an output `[images, height, width, ...]` of pixels `pixel` bytes apart, of which `channels`
 * from `to` on are written. The value of a point, tile and channel is `point`, `tile` and 4 bytes further. Of a tile
 * that ends beyond the image, only pixels in the image are written.
 */
export function transformToOutput(
  side: i32, from: usize, point: usize, tile: usize, to: usize, height: i32, width: i32, pixel: usize, channels: i32,
  tileRows: i32, tileColumns: i32, first: i32, tiles: i32, scratch: usize,
): void {
  const row = <usize>width * pixel;
  let source = from;
  for (let at = first; at < first + tiles; at++) {
    const image = at / (tileRows * tileColumns), rest = at % (tileRows * tileColumns);
    const y = (rest / tileColumns) * side, x = (rest % tileColumns) * side;
    const target = to + (<usize>image * <usize>height + <usize>y) * row + <usize>x * pixel;
    const rows = min(side, height - y), columns = min(side, width - x);
    if (side === 4) outputTile(4, source, point, target, row, pixel, rows, columns, channels, scratch);
    else outputTile(2, source, point, target, row, pixel, rows, columns, channels, scratch);
    source += tile;
  }
}

// @ts-ignore: decorator
@inline
function outputTile(
  side: i32, from: usize, point: usize, to: usize, row: usize, pixel: usize, rows: i32, columns: i32, channels: i32, scratch: usize,
): void {
  const pointRow = <usize>(side + 2) * point;
  if (rows === side && columns === side) {
    for (let channel = 0; channel < channels; channel += 4) {
      transform(Lines.Output, side, from, pointRow, point, to, row, pixel, scratch);
      from += 16;
      to += 16;
    }
    return;
  }
  const patch = scratch + transformBytes();
  for (let channel = 0; channel < channels; channel += 4) {
    transform(Lines.Output, side, from, pointRow, point, patch, <usize>side << 4, 16, scratch);
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        v128.store(to + <usize>y * row + <usize>x * pixel, v128.load(patch + (<usize>(y * side + x) << 4)));
      }
    }
    from += 16;
    to += 16;
  }
}

/**
 * The adjoint of `transformTiles` of an input: adds points of tiles to the gradient of images `[images, height, width, ...]`, whose
 * tiles of side + 2 pixels overlap.
 */
export function transformToInput(
  side: i32, from: usize, point: usize, tile: usize, to: usize, height: i32, width: i32, pixel: usize, channels: i32, top: i32, left: i32,
  tileRows: i32, tileColumns: i32, first: i32, tiles: i32, scratch: usize,
): void {
  const row = <usize>width * pixel, size = side + 2;
  let source = from;
  for (let at = first; at < first + tiles; at++) {
    const image = at / (tileRows * tileColumns), rest = at % (tileRows * tileColumns);
    const y = (rest / tileColumns) * side - top, x = (rest % tileColumns) * side - left;
    const fromRow = max(-y, 0), endRow = min(height - y, size), fromColumn = max(-x, 0), endColumn = min(width - x, size);
    const target = to + (<usize>image * <usize>height + <isize>y) * row + <isize>x * pixel;
    if (side === 4) addTile(4, source, point, target, row, pixel, fromRow, endRow, fromColumn, endColumn, channels, scratch);
    else addTile(2, source, point, target, row, pixel, fromRow, endRow, fromColumn, endColumn, channels, scratch);
    source += tile;
  }
}

// @ts-ignore: decorator
@inline
function addTile(
  side: i32, from: usize, point: usize, to: usize, row: usize, pixel: usize,
  fromRow: i32, endRow: i32, fromColumn: i32, endColumn: i32, channels: i32, scratch: usize,
): void {
  const size = side + 2, pointRow = <usize>size * point, patch = scratch + transformBytes();
  for (let channel = 0; channel < channels; channel += 4) {
    transform(Lines.InputGradient, side, from, pointRow, point, patch, <usize>size << 4, 16, scratch);
    for (let y = fromRow; y < endRow; y++) {
      let p = patch + (<usize>(y * size + fromColumn) << 4), q = to + <usize>y * row + <usize>fromColumn * pixel;
      for (let x = fromColumn; x < endColumn; x++) {
        v128.store(q, f32x4.add(v128.load(q), v128.load(p)));
        p += 16;
        q += pixel;
      }
    }
    from += 16;
    to += 16;
  }
}
