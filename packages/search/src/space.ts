import { checkNumber, checkOptions, checkPart, describeValue } from '@metadistill/options';
import type { Dimension, Point } from './types.js';

/** Ends beyond these have a middle or a width that overflows, or a width that rounds to nothing. */
const LARGEST = 1e300;
/** The smallest width, as a share of the larger end, and as a number: a search needs many numbers between the ends. */
const NARROWEST = 1e-12;
const SMALLEST = 1e-300;

/** @throws RangeError, TypeError if a space is empty, names a dimension twice or has one that cannot be searched. */
export function checkSpace(caller: string, space: readonly Dimension[]): void {
  if (!Array.isArray(space)) {
    throw new TypeError(
      `${caller}: space is ${describeValue(space)}; expected an array of dimensions. Pass [{ name, low, high }].`,
    );
  }
  if (space.length === 0) {
    throw new RangeError(`${caller}: space is empty; expected at least one dimension. Say what to search.`);
  }
  const names = new Set<string>();
  for (const [i, dimension] of space.entries()) {
    const here = `space[${i}]`;
    checkOptions(
      `${caller}: ${here}`,
      dimension,
      { name: 'string', low: 'number', high: 'number', scale: true },
      '{ name, low, high }',
    );
    const { name } = dimension;
    if (name === '') {
      throw new RangeError(`${caller}: ${here}.name is ''; expected the name of a metaparameter.`);
    }
    if (names.has(name)) {
      throw new TypeError(`${caller}: space names ${name} twice; expected each dimension once. Rename one.`);
    }
    names.add(name);
    checkExtent(caller, dimension);
  }
}

function checkExtent(caller: string, dimension: Dimension): void {
  const { name, low, high, scale = 'linear' } = dimension;
  if (!(low < high && Number.isFinite(low) && Number.isFinite(high))) {
    throw new RangeError(
      `${caller}: ${name} is in [${low}, ${high}); expected finite ends with low < high. Swap or widen them.`,
    );
  }
  if (scale !== 'linear' && scale !== 'log') {
    throw new TypeError(`${caller}: ${name} has scale ${describeValue(scale)}; expected 'linear' or 'log'.`);
  }
  if (scale === 'log' && low <= 0) {
    throw new RangeError(
      `${caller}: ${name} has scale log and low ${low}; expected low above 0. Use a linear scale, or raise low.`,
    );
  }
  const [from, to] = innerRange(dimension);
  const largest = Math.max(Math.abs(from), Math.abs(to));
  if (largest > LARGEST || !(to - from >= Math.max(SMALLEST, NARROWEST * largest))) {
    throw new RangeError(
      `${caller}: ${name} is in [${low}, ${high}), of width ${to - from}${scale === 'log' ? ' in the logarithm' : ''}; ` +
        `expected ends within ±${LARGEST} and a width of at least ${NARROWEST} of the larger one. ` +
        'Search another unit of it, or the difference from its middle.',
    );
  }
}

/**
 * A source of random numbers that is checked at each draw: a search would turn NaN into points of NaN, or wait forever.
 *
 * @throws TypeError, RangeError if it is no function, or draws what is not in [0, 1).
 */
export function checkedUniform(caller: string, uniform: () => number): () => number {
  checkPart(caller, 'uniform', uniform, 'function');
  return () =>
    checkNumber(caller, 'uniform()', uniform(), { least: 0, below: 1 }, 'Pass Math.random or a seeded one.');
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
