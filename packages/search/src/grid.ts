import { checkNumber, checkOptions, checkPart } from '@metadistill/options';
import { checkSpace, fromInner, innerRange } from './space.js';
import { bestTrial, type TrialsState, tellTrial } from './trials.js';
import type { Point, Search } from './types.js';

export interface GridOptions {
  /** How many values a dimension has, at least 2: one number for all, or one per name. */
  readonly points: number | Readonly<Record<string, number>>;
}

/**
 * Every combination of evenly spaced values, ends included, on each dimension's scale.
 *
 * Counts like a clock, the last dimension fastest, and starts again after the last point. Draws nothing.
 *
 * @throws TypeError for an unknown option; TypeError, RangeError from `initialize`, if the space cannot be searched or a
 *   count is missing or below 2.
 */
export function grid(options: GridOptions): Search<TrialsState> {
  checkOptions('grid', options, { points: true });
  const { points } = options;
  if (typeof points !== 'number') checkPart('grid', 'points', points, 'record');
  const countOf = (name: string): number =>
    typeof points === 'number' ? points : Object.hasOwn(points, name) ? (points[name] as number) : Number.NaN;
  return {
    name: 'grid',
    initialize(space) {
      checkSpace('grid', space);
      for (const { name } of space) {
        checkNumber('grid', `points of ${name}`, countOf(name), { least: 2, whole: true });
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
