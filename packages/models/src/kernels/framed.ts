import { pad, reshape, slice, type Tensor } from '@tensorflow/tfjs-core';
import { sizeOf } from '../shapes.js';

/**
 * Images `[batch, ...sides, channels]` moved by `offsets` into frames of `sides`: cut, and filled up; themselves if nothing
 * changes. Callers surround it by a `tidy`.
 */
export function framed(
  images: Tensor,
  offsets: readonly number[],
  sides: readonly number[],
  filler = 0,
): Tensor {
  const kept = offsets.reduce((rest, offset, i) => {
    const [length, side] = [rest.shape[i + 1]!, sides[i]!];
    return cut(rest, i + 1, Math.max(0, -offset), Math.min(length, side - offset));
  }, images);
  const lengths = kept.shape.slice(1, -1);
  const margins = lengths.map((length, i): [number, number] => {
    const before = Math.max(0, offsets[i]!);
    return [before, sides[i]! - length - before];
  });
  if (margins.flat().every((margin) => margin === 0)) return kept;
  // Columns with their channels are one axis: wasm is many times as fast.
  const [batch, channels] = [images.shape[0]!, images.shape.at(-1)!];
  const [columns, rows] = [lengths.pop()!, lengths];
  const across = margins.pop()!.map((margin) => margin * channels) as [number, number];
  const filled = pad(
    reshape(kept, [batch, ...rows, columns * channels]),
    [[0, 0], ...margins, across],
    filler,
  );
  return reshape(filled, [batch, ...sides, channels]);
}

/** Positions `from` to `to` along an axis, as a slice of rank 2: wasm copies each row by itself. */
function cut(x: Tensor, axis: number, from: number, to: number): Tensor {
  const { shape } = x;
  const length = shape[axis]!;
  if (from === 0 && to === length) return x;
  const inner = sizeOf(shape.slice(axis + 1));
  const rows = reshape(x, [sizeOf(shape.slice(0, axis)), length * inner]);
  const kept = slice(rows, [0, from * inner], [-1, (to - from) * inner]);
  return reshape(kept, [...shape.slice(0, axis), to - from, ...shape.slice(axis + 1)]);
}
