import { filterBytes, transformToFilter } from '../../lanes/winograd/filters.as';
import { Lines } from '../../lanes/winograd/lines.as';
import { correlateTiles } from '../../lanes/winograd/products.as';
import { tileBytes, transformTiles } from '../../lanes/winograd/tiles.as';
import { oddLines } from '../../lanes/winograd/transform.as';

// The gradient of a convolution's filter of 3 × 3, stride 1: the adjoint of the convolution in tiles, so tiles of the input and of
// the output's gradient are transformed, multiplied at each point and summed over tiles. Inputs and outputs are multiples of eight.
//
// Again there are two orders: ranges of tiles with sums of their own (`winogradFilterGradient`), or all tiles transformed once
// (`winogradPixels`), and then ranges of outputs (`winogradFilterGradientOutputs`), whose sums stay in the cache.

// @ts-ignore: decorator
@inline
function points(side: i32): i32 {
  return (side + 2) * (side + 2);
}

/** From the tiles of eight channels to those of the next. */
// @ts-ignore: decorator
@inline
function eightOf(tiles: i32): usize {
  return oddLines(<usize>tiles << 5);
}

/** From a point to the next. */
// @ts-ignore: decorator
@inline
function pointOf(tiles: i32, channels: i32): usize {
  return oddLines(<usize>(channels >> 3) * eightOf(tiles));
}

// @ts-ignore: decorator
@inline
function gradientPoint(inputs: i32): usize {
  return oddLines(<usize>inputs << 5);
}

/** Bytes of scratch of `winogradFilterGradient`. */
export function winogradFilterGradientScratch(side: i32, inputs: i32, outputs: i32, tilesAtOnce: i32): usize {
  return tileBytes(side, max(inputs, outputs)) + <usize>points(side)
    * (pointOf(tilesAtOnce, inputs) + pointOf(tilesAtOnce, outputs) + <usize>(outputs >> 3) * gradientPoint(inputs)) + 64;
}

/** The part of the gradient `[3, 3, inputs, outputs]` that comes of a range of tiles. */
export function winogradFilterGradient(
  side: i32, images: usize, height: i32, width: i32, inputs: i32, top: i32, left: i32,
  cotangent: usize, outHeight: i32, outWidth: i32, outputs: i32,
  tileRows: i32, tileColumns: i32, first: i32, tiles: i32, tilesAtOnce: i32, gradient: usize, scratch: usize,
): void {
  const eight = eightOf(tilesAtOnce), vPoint = pointOf(tilesAtOnce, inputs), dPoint = pointOf(tilesAtOnce, outputs);
  const gPoint = gradientPoint(inputs), gBlock = <usize>points(side) * gPoint;
  const v = (scratch + tileBytes(side, max(inputs, outputs)) + 63) & ~63;
  const d = v + <usize>points(side) * vPoint, g = d + <usize>points(side) * dPoint;
  const end = first + tiles, blocks = outputs >> 3;
  for (let at = first; at < end; at += tilesAtOnce) {
    const count = min(tilesAtOnce, end - at);
    transformTiles(Lines.Input, side, images, height, width, inputs, top, left, tileRows, tileColumns, at, count, v, vPoint, 32, eight, scratch);
    transformTiles(Lines.OutputGradient, side, cotangent, outHeight, outWidth, outputs, 0, 0, tileRows, tileColumns, at, count, d, dPoint, 32, eight, scratch);
    correlateTiles(v, vPoint, eight, d, dPoint, eight, g, gPoint, gBlock, points(side), count, inputs, blocks, at > first);
  }
  transformToFilter(side, g, gPoint, gBlock, inputs, outputs, 0, blocks, gradient, scratch);
}

/** Bytes of transformed tiles of so many channels. */
export function winogradPixelsBytes(side: i32, channels: i32, tiles: i32): usize {
  return <usize>points(side) * pointOf(tiles, channels);
}

/** Bytes of scratch of `winogradPixels`. */
export function winogradPixelsScratch(side: i32, channels: i32): usize {
  return tileBytes(side, channels);
}

/** Transforms a range of the `all` tiles of an input, or of an output's gradient; `to` is that of the first of all. */
export function winogradPixels(
  isGradient: bool, side: i32, images: usize, height: i32, width: i32, channels: i32, top: i32, left: i32,
  tileRows: i32, tileColumns: i32, first: i32, tiles: i32, all: i32, to: usize, scratch: usize,
): void {
  const lines = isGradient ? Lines.OutputGradient : Lines.Input;
  transformTiles(
    lines, side, images, height, width, channels, top, left, tileRows, tileColumns, first, tiles,
    to + (<usize>first << 5), pointOf(all, channels), 32, eightOf(all), scratch,
  );
}

/** Bytes of scratch of `winogradFilterGradientOutputs`. */
export function winogradFilterGradientOutputsScratch(side: i32, inputs: i32, blocksAtOnce: i32): usize {
  return filterBytes() + <usize>(points(side) * blocksAtOnce) * gradientPoint(inputs) + 64;
}

/** The gradient by blocks of eight outputs, of all tiles. `input` and `cotangent` are what `winogradPixels` transformed. */
export function winogradFilterGradientOutputs(
  side: i32, input: usize, inputs: i32, cotangent: usize, outputs: i32, tiles: i32,
  firstBlock: i32, blocks: i32, blocksAtOnce: i32, gradient: usize, scratch: usize,
): void {
  const eight = eightOf(tiles), vPoint = pointOf(tiles, inputs), dPoint = pointOf(tiles, outputs);
  const gPoint = gradientPoint(inputs), gBlock = <usize>points(side) * gPoint;
  const g = (scratch + filterBytes() + 63) & ~63;
  const end = firstBlock + blocks;
  for (let block = firstBlock; block < end; block += blocksAtOnce) {
    const some = min(blocksAtOnce, end - block);
    correlateTiles(input, vPoint, eight, cotangent + <usize>block * eight, dPoint, eight, g, gPoint, gBlock, points(side), tiles, inputs, some, false);
    transformToFilter(side, g, gPoint, gBlock, inputs, outputs, block, some, gradient, scratch);
  }
}
