import type { Plain } from './plain-layers.js';
import { positions } from './positions.js';

type Shape = readonly number[];

/** The value at a position; outside it is 0. */
const valueAt = (x: readonly number[], shape: Shape, at: readonly number[]): number =>
  at.every((each, axis) => each >= 0 && each < shape[axis]!)
    ? x[at.reduce((flat, each, axis) => flat * shape[axis]! + each, 0)]!
    : 0;

interface PlainMargins {
  readonly above: number;
  readonly below: number;
  readonly left: number;
  readonly right: number;
}

export const plainZeroPadding =
  (shape: Shape, { above, below, left, right }: PlainMargins): Plain =>
  (_, x) => {
    const [batch, height, width, channels] = shape as [number, number, number, number];
    return positions([batch, above + height + below, left + width + right, channels]).map(([n, i, j, c]) =>
      valueAt(x, shape, [n!, i! - above, j! - left, c!]),
    );
  };

export const plainCropping = (shape: Shape, { above, below, left, right }: PlainMargins): Plain =>
  plainZeroPadding(shape, { above: -above, below: -below, left: -left, right: -right });

/** `axes` are counted from 1. */
export const plainPermute =
  (shape: Shape, axes: readonly number[]): Plain =>
  (_, x) =>
    positions([shape[0]!, ...axes.map((axis) => shape[axis]!)]).map(([n, ...rest]) => {
      const at = [n!];
      axes.forEach((axis, i) => {
        at[axis] = rest[i]!;
      });
      return valueAt(x, shape, at);
    });

/** Bilinear: pixel i of the output is at i / size of the input, the last pixel repeated. */
export const plainUpSampling =
  (shape: Shape, size: readonly [number, number], interpolation: 'nearest' | 'bilinear'): Plain =>
  (_, x) => {
    const [batch, height, width, channels] = shape as [number, number, number, number];
    return positions([batch, size[0] * height, size[1] * width, channels]).map(([n, i, j, c]) => {
      const at = (row: number, column: number) =>
        valueAt(x, shape, [n!, Math.min(row, height - 1), Math.min(column, width - 1), c!]);
      const [row, column] = [Math.floor(i! / size[0]), Math.floor(j! / size[1])];
      if (interpolation === 'nearest') return at(row, column);
      const [down, right] = [i! / size[0] - row, j! / size[1] - column];
      return (
        (1 - down) * ((1 - right) * at(row, column) + right * at(row, column + 1)) +
        down * ((1 - right) * at(row + 1, column) + right * at(row + 1, column + 1))
      );
    });
  };
