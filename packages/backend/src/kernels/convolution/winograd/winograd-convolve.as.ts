import { filterBytes, transformFilter } from '../../lanes/winograd/filters.as';
import { Lines } from '../../lanes/winograd/lines.as';
import { multiplyTiles } from '../../lanes/winograd/products.as';
import { tileBytes, transformTiles, transformToInput, transformToOutput } from '../../lanes/winograd/tiles.as';
import { oddLines } from '../../lanes/winograd/transform.as';

// A convolution with a filter of 3 × 3 and a stride of 1 in tiles of `side` × `side` pixels of the output, `side` being 4 or 2:
// (side + 2)² products per tile, input and output in place of 9 · side². Inputs and outputs are multiples of eight.
//
// `isAdjoint` computes the gradient by the input of such a convolution from that by its output, with the transposed matrices: the tiles
// are then those of what is read, and what is written overlaps.
//
// There are two orders. If there are many tiles, the filter is transformed once (`winogradFilter`), and then ranges of tiles
// are computed, a few at a time (`winogradTiles`). If there are few, the tiles are transformed once (`winogradSource`), and
// then ranges of outputs, with their part of the filter (`winogradOutputs`): a transformed filter of many channels fits no cache.

// @ts-ignore: decorator
@inline
function points(side: i32): i32 {
  return (side + 2) * (side + 2);
}

/** The point whose value goes to every pixel of the tile alike: a bias is added to it. */
// @ts-ignore: decorator
@inline
function biasPoint(side: i32): i32 {
  return side + 3;
}

// @ts-ignore: decorator
@inline
function filterPoint(inputs: i32): usize {
  return oddLines(<usize>inputs << 5);
}

/** Bytes of a transformed filter of so many outputs. */
export function winogradFilterBytes(side: i32, inputs: i32, outputs: i32): usize {
  return <usize>(points(side) * (outputs >> 3)) * filterPoint(inputs);
}

/** Bytes of scratch of `winogradFilter`. */
export function winogradFilterScratch(): usize {
  return filterBytes();
}

/**
 * Transforms blocks of eight outputs of a filter `[3, 3, inputs, outputs]`, or `[3, 3, outputs, inputs]` if `isAdjoint`; `to` is that of
 * the first of all blocks.
 */
export function winogradFilter(
  isAdjoint: bool, side: i32, filter: usize, inputs: i32, outputs: i32, firstBlock: i32, blocks: i32, to: usize, scratch: usize,
): void {
  const point = filterPoint(inputs), block = <usize>points(side) * point;
  transformFilter(isAdjoint, side, filter, inputs, outputs, firstBlock, blocks, to + <usize>firstBlock * block, point, block, scratch);
}

function readTiles(
  isAdjoint: bool, side: i32, images: usize, height: i32, width: i32, inputs: i32, top: i32, left: i32,
  tileRows: i32, tileColumns: i32, first: i32, tiles: i32, to: usize, point: usize, tile: usize, scratch: usize,
): void {
  if (isAdjoint) {
    transformTiles(Lines.OutputGradient, side, images, height, width, inputs, 0, 0, tileRows, tileColumns, first, tiles, to, point, tile, 32, scratch);
  } else {
    transformTiles(Lines.Input, side, images, height, width, inputs, top, left, tileRows, tileColumns, first, tiles, to, point, tile, 32, scratch);
  }
}

function writeTiles(
  isAdjoint: bool, side: i32, from: usize, point: usize, tile: usize, output: usize, height: i32, width: i32, outputs: i32,
  block: i32, blocks: i32, top: i32, left: i32, tileRows: i32, tileColumns: i32, first: i32, tiles: i32, clears: bool, scratch: usize,
): void {
  const pixel = <usize>outputs << 2, channels = blocks << 3;
  if (isAdjoint && clears) clearImages(output, <usize>(height * width) * pixel, tileRows * tileColumns, first, tiles);
  const to = output + (<usize>block << 5);
  if (isAdjoint) transformToInput(side, from, point, tile, to, height, width, pixel, channels, top, left, tileRows, tileColumns, first, tiles, scratch);
  else transformToOutput(side, from, point, tile, to, height, width, pixel, channels, tileRows, tileColumns, first, tiles, scratch);
}

/** Sets the images to zeros whose first tile is in a range. */
function clearImages(images: usize, bytes: usize, tilesPerImage: i32, first: i32, tiles: i32): void {
  const from = (first + tilesPerImage - 1) / tilesPerImage, end = (first + tiles - 1) / tilesPerImage + 1;
  if (end > from) memory.fill(images + <usize>from * bytes, 0, <usize>(end - from) * bytes);
}

/** Bytes of scratch of `winogradTiles`. */
export function winogradTilesScratch(side: i32, inputs: i32, tilesAtOnce: i32, blocksAtOnce: i32): usize {
  return tileBytes(side, inputs)
    + <usize>points(side) * (oddLines(<usize>(tilesAtOnce * inputs) << 2) + oddLines(<usize>(tilesAtOnce * blocksAtOnce) << 5)) + 64;
}

/**
 * Output pixels of a range of tiles; of whole images if `isAdjoint`. `filter` is one that `winogradFilter` transformed; `bias` is of
 * `outputs` floats, or 0.
 */
export function winogradTiles(
  isAdjoint: bool, side: i32, images: usize, height: i32, width: i32, inputs: i32, top: i32, left: i32,
  filter: usize, bias: usize, output: usize, outHeight: i32, outWidth: i32, outputs: i32,
  tileRows: i32, tileColumns: i32, first: i32, tiles: i32, tilesAtOnce: i32, blocksAtOnce: i32, scratch: usize,
): void {
  const tile = <usize>inputs << 2, point = oddLines(<usize>tilesAtOnce * tile);
  const outTile = <usize>blocksAtOnce << 5, outPoint = oddLines(<usize>tilesAtOnce * outTile);
  const uPoint = filterPoint(inputs), uBlock = <usize>points(side) * uPoint;
  const v = (scratch + tileBytes(side, inputs) + 63) & ~63, m = v + <usize>points(side) * point;
  const end = first + tiles, blocks = outputs >> 3;
  for (let at = first; at < end; at += tilesAtOnce) {
    const count = min(tilesAtOnce, end - at);
    readTiles(isAdjoint, side, images, height, width, inputs, top, left, tileRows, tileColumns, at, count, v, point, tile, scratch);
    for (let block = 0; block < blocks; block += blocksAtOnce) {
      const some = min(blocksAtOnce, blocks - block);
      const start = bias === 0 ? 0 : bias + (<usize>block << 5);
      multiplyTiles(v, point, tile, filter + <usize>block * uBlock, uPoint, uBlock, start, biasPoint(side), m, outPoint, outTile, points(side), count, inputs, some);
      writeTiles(isAdjoint, side, m, outPoint, outTile, output, outHeight, outWidth, outputs, block, some, top, left, tileRows, tileColumns, at, count, block === 0, scratch);
    }
  }
}

/** Bytes of all transformed tiles. */
export function winogradSourceBytes(side: i32, inputs: i32, tiles: i32): usize {
  return <usize>points(side) * oddLines(<usize>(tiles * inputs) << 2);
}

/** Bytes of scratch of `winogradSource`. */
export function winogradSourceScratch(side: i32, inputs: i32): usize {
  return tileBytes(side, inputs);
}

/** Transforms a range of the `all` tiles; `to` is that of the first of all. */
export function winogradSource(
  isAdjoint: bool, side: i32, images: usize, height: i32, width: i32, inputs: i32, top: i32, left: i32,
  tileRows: i32, tileColumns: i32, first: i32, tiles: i32, all: i32, to: usize, scratch: usize,
): void {
  const tile = <usize>inputs << 2;
  const point = oddLines(<usize>all * tile);
  readTiles(isAdjoint, side, images, height, width, inputs, top, left, tileRows, tileColumns, first, tiles, to + <usize>first * tile, point, tile, scratch);
}

/** Bytes of scratch of `winogradOutputs`. */
export function winogradOutputsScratch(side: i32, inputs: i32, tiles: i32, blocksAtOnce: i32): usize {
  return filterBytes() + <usize>points(side) * (<usize>blocksAtOnce * filterPoint(inputs) + oddLines(<usize>(tiles * blocksAtOnce) << 5)) + 64;
}

/**
 * Output channels of blocks of eight, for all tiles; if `isAdjoint`, they are added to what is there. `input` is what `winogradSource`
 * transformed.
 */
export function winogradOutputs(
  isAdjoint: bool, side: i32, input: usize, inputs: i32, top: i32, left: i32, filter: usize, bias: usize,
  output: usize, outHeight: i32, outWidth: i32, outputs: i32, tileRows: i32, tileColumns: i32, tiles: i32,
  firstBlock: i32, blocks: i32, blocksAtOnce: i32, scratch: usize,
): void {
  const tile = <usize>inputs << 2, point = oddLines(<usize>tiles * tile);
  const outTile = <usize>blocksAtOnce << 5, outPoint = oddLines(<usize>tiles * outTile);
  const uPoint = filterPoint(inputs), uBlock = <usize>points(side) * uPoint;
  const u = (scratch + filterBytes() + 63) & ~63, m = u + <usize>blocksAtOnce * uBlock;
  const end = firstBlock + blocks;
  for (let block = firstBlock; block < end; block += blocksAtOnce) {
    const some = min(blocksAtOnce, end - block);
    transformFilter(isAdjoint, side, filter, inputs, outputs, block, some, u, uPoint, uBlock, scratch);
    const start = bias === 0 ? 0 : bias + (<usize>block << 5);
    multiplyTiles(input, point, tile, u, uPoint, uBlock, start, biasPoint(side), m, outPoint, outTile, points(side), tiles, inputs, some);
    writeTiles(isAdjoint, side, m, outPoint, outTile, output, outHeight, outWidth, outputs, block, some, top, left, tileRows, tileColumns, 0, tiles, false, scratch);
  }
}
