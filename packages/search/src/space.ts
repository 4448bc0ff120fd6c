import { checkOptions } from '@metadistill/options';
import type { Dimension, Point } from './types.js';

/** @throws RangeError, TypeError if a space is empty, names a dimension twice or has one without extent. */
export function checkSpace(caller: string, space: readonly Dimension[]): void {
  if (space.length === 0) {
    throw new RangeError(`${caller}: space is empty; expected at least one dimension. Say what to search.`);
  }
  const names = new Set<string>();
  for (const [i, dimension] of space.entries()) {
    checkOptions(`${caller}: space[${i}]`, dimension, { name: true, low: true, high: true, scale: true });
    const { name, low, high, scale = 'linear' } = dimension;
    if (names.has(name)) {
      throw new TypeError(`${caller}: space names ${name} twice; expected each dimension once. Rename one.`);
    }
    names.add(name);
    if (!(low < high && Number.isFinite(low) && Number.isFinite(high))) {
      throw new RangeError(
        `${caller}: ${name} is in [${low}, ${high}); expected finite ends with low < high. Swap or widen them.`,
      );
    }
    if (scale !== 'linear' && scale !== 'log') {
      throw new TypeError(`${caller}: ${name} has scale ${scale}; expected 'linear' or 'log'.`);
    }
    if (scale === 'log' && low <= 0) {
      throw new RangeError(
        `${caller}: ${name} has scale log and low ${low}; expected low above 0. Use a linear scale, or raise low.`,
      );
    }
  }
}

/** The dimension's ends on the scale on which it is uniform: their logarithms for scale `log`. */
export const innerRange = ({ low, high, scale }: Dimension): readonly [low: number, high: number] =>
  scale === 'log' ? [Math.log(low), Math.log(high)] : [low, high];

/** A value on the scale on which its dimension is uniform. */
export const toInner = ({ scale }: Dimension, value: number): number =>
  scale === 'log' ? Math.log(value) : value;

/** The inverse of `toInner`, kept inside [low, high] against rounding. */
export const fromInner = ({ low, high, scale }: Dimension, inner: number): number =>
  Math.min(high, Math.max(low, scale === 'log' ? Math.exp(inner) : inner));

/** Draws one value per dimension, in the order of the space. */
export function drawPoint(space: readonly Dimension[], uniform: () => number): Point {
  return Object.fromEntries(
    space.map((dimension) => {
      const [low, high] = innerRange(dimension);
      return [dimension.name, fromInner(dimension, low + (high - low) * uniform())];
    }),
  );
}
