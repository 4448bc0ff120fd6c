import type { Plain } from './plain-layers.js';
import { positions } from './positions.js';

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

const maximum = (values: readonly number[]) => Math.max(...values);
const mean = (values: readonly number[]) => sum(values) / values.length;

/** Pooling of `[batch, ...sides, channels]` by windows that begin `before` the first position and are so many. */
export const plainPool =
  (options: {
    kind: 'max' | 'average';
    inputShape: readonly number[];
    poolSize: readonly number[];
    strides: readonly number[];
    before: readonly number[];
    counts: readonly number[];
  }): Plain =>
  (_, x) => {
    const { kind, inputShape, poolSize, strides, before, counts } = options;
    const [batch, sides, channels] = [inputShape[0]!, inputShape.slice(1, -1), inputShape.at(-1)!];
    const pool = kind === 'max' ? maximum : mean;
    return positions([batch, ...counts, channels]).map(([n, ...rest]) => {
      const [window, channel] = [rest.slice(0, -1), rest.at(-1)!];
      const inside = positions(poolSize)
        .map((offset) => offset.map((each, i) => window[i]! * strides[i]! - before[i]! + each))
        .filter((at) => at.every((each, i) => each >= 0 && each < sides[i]!));
      return pool(
        inside.map((at) => {
          const pixel = at.reduce((flat, each, i) => flat * sides[i]! + each, n!);
          return x[pixel * channels + channel]!;
        }),
      );
    });
  };

/** The same over all positions at once. */
export const plainGlobalPool = (kind: 'max' | 'average', inputShape: readonly number[]): Plain => {
  const sides = inputShape.slice(1, -1);
  const [zeros, ones] = [0, 1].map((value) => sides.map(() => value)) as [number[], number[]];
  return plainPool({ kind, inputShape, poolSize: sides, strides: ones, before: zeros, counts: ones });
};

/** The maximum of square windows side by side. */
export function plainMaxPool(inputShape: readonly number[], size: number): Plain {
  const square = [size, size];
  const counts = inputShape.slice(1, -1).map((side) => Math.floor(side / size));
  return plainPool({ kind: 'max', inputShape, poolSize: square, strides: square, before: [0, 0], counts });
}
