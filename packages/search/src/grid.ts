import { checkSpace, fromInner, innerRange } from './space.js';
import { bestTrial, type TrialsState, tellTrial } from './trials.js';
import type { Point, Search } from './types.js';

/**
 * Every combination of evenly spaced values, ends included, on each dimension's scale.
 *
 * Counts like a clock, the last dimension fastest, and starts again after the last point. Draws nothing.
 *
 * @param options.points values of a dimension: one number for all, or one a name; at least 2.
 * @throws TypeError, RangeError from `initialize`, where the space cannot be searched or a count is missing or below 2.
 */
export function grid(options: {
  readonly points: number | Readonly<Record<string, number>>;
}): Search<TrialsState> {
  const countOf = (name: string): number =>
    typeof options.points === 'number' ? options.points : (options.points[name] ?? Number.NaN);
  return {
    name: 'grid',
    initialize(space) {
      checkSpace('grid', space);
      for (const { name } of space) {
        const count = countOf(name);
        if (!Number.isInteger(count) || count < 2) {
          throw new RangeError(`grid: points of ${name} is ${count}; expected an integer of at least 2.`);
        }
      }
      return { space, asked: 0, trials: [] };
    },
    ask(state) {
      const coordinates: [string, number][] = [];
      let rest = state.asked;
      for (const dimension of [...state.space].reverse()) {
        const count = countOf(dimension.name);
        const [low, high] = innerRange(dimension);
        const inner = low + ((high - low) * (rest % count)) / (count - 1);
        coordinates.unshift([dimension.name, fromInner(dimension, inner)]);
        rest = Math.floor(rest / count);
      }
      const point: Point = Object.fromEntries(coordinates);
      return { id: state.asked, point, state: { ...state, asked: state.asked + 1 } };
    },
    tell: (state, trial) => tellTrial('grid', state, trial),
    best: bestTrial,
  };
}
