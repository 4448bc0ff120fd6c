import { pad, slice, type Tensor } from '@tensorflow/tfjs-core';
import { sizeOf } from '../shapes.js';

/** Images moved by `offsets` into frames of `sides`: cut, and filled up; themselves if nothing changes. */
export function framed<Images extends Tensor>(
  images: Images,
  offsets: readonly number[],
  sides: readonly number[],
  filler = 0,
): Images {
  const axes = offsets.map((offset, i) => {
    const [length, side] = [images.shape[i + 1]!, sides[i]!];
    const [from, to] = [Math.max(0, -offset), Math.min(length, side - offset)];
    return { from, kept: to - from, margins: [Math.max(0, offset), Math.max(0, side - offset - length)] };
  });
  const [batch, channels] = [images.shape[0]!, images.shape.at(-1)!];
  const shape = [batch, ...axes.map(({ kept }) => kept), channels];
  const isWhole = sizeOf(shape) === images.size;
  const kept = isWhole ? images : slice(images, [0, ...axes.map(({ from }) => from), 0], shape);
  const margins = axes.map(({ margins }) => margins as [number, number]);
  if (margins.flat().every((margin) => margin === 0)) return kept as Images;
  return pad(kept, [[0, 0], ...margins, [0, 0]], filler) as Images;
}
