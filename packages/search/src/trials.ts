import { checkNumber, checkOptions, checkPart, describeValue } from '@metadistill/options';
import type { Dimension, Point, Trial } from './types.js';

/** What every search of this package keeps: plain data that survives JSON. */
export interface TrialsState {
  readonly space: readonly Dimension[];
  /** Points asked for so far; the next id. */
  readonly asked: number;
  /** Trials told so far, in the order of telling. */
  readonly trials: readonly Trial[];
}

/**
 * Adds a trial to a state.
 *
 * A run that diverged is told as Infinity, and kept as the largest number, which JSON can hold. JSON itself makes null of
 * Infinity, which is therefore refused.
 *
 * @param given what the point has besides the dimensions of the space, as it was asked for.
 * @throws TypeError, RangeError if the id was not asked for or was told before, the loss is no number, NaN or −Infinity, or
 *   the point is not complete and inside the space.
 */
export function tellTrial<State extends TrialsState>(
  caller: string,
  state: State,
  trial: Trial,
  given: Point = {},
): State {
  checkPart(caller, 'trial', trial, 'record');
  const { id, point, loss } = trial;
  if (!(Number.isInteger(id) && id >= 0 && id < state.asked)) {
    throw new RangeError(
      `${caller}: trial.id is ${describeValue(id)}; expected an id that ask returned, below ${state.asked}.`,
    );
  }
  if (state.trials.some((told) => told.id === id)) {
    throw new RangeError(`${caller}: trial.id ${id} was told before; expected each trial once.`);
  }
  if (typeof loss !== 'number' || Number.isNaN(loss) || loss === Number.NEGATIVE_INFINITY) {
    const Failure = typeof loss === 'number' ? RangeError : TypeError;
    throw new Failure(
      `${caller}: trial.loss is ${describeValue(loss)}; expected a number. Tell Infinity for a run that diverged` +
        `${loss === null ? ', and Number.MAX_VALUE through JSON, which turns Infinity into null' : ''}.`,
    );
  }
  const kept = pointInside(caller, state.space, point, given);
  return {
    ...state,
    trials: [...state.trials, { id, point: kept, loss: Math.min(loss, Number.MAX_VALUE) }],
  };
}

/** A copy of the point, so that what the caller does with his own later changes no state. */
function pointInside(caller: string, space: readonly Dimension[], point: Point, given: Point): Point {
  const known = Object.fromEntries(
    [...space.map(({ name }) => name), ...Object.keys(given)].map((name) => [name, true as const]),
  );
  checkOptions(`${caller}: trial.point`, point, known, `{ ${Object.keys(known).join(', ')} }`);
  for (const { name, low, high } of space) {
    checkNumber(
      caller,
      `trial.point.${name}`,
      point[name],
      { least: low, most: high },
      'Tell the point that ask returned.',
    );
  }
  for (const [name, value] of Object.entries(given)) {
    if (point[name] !== value) {
      throw new RangeError(
        `${caller}: trial.point.${name} is ${describeValue(point[name])}; expected ${value}. ` +
          'Tell the point that ask returned.',
      );
    }
  }
  return { ...point };
}

/** The trial with the smallest loss, the first told among equals; undefined if there is none. */
export const bestTrial = ({ trials }: Pick<TrialsState, 'trials'>): Trial | undefined =>
  trials.reduce<Trial | undefined>(
    (best, trial) => (best === undefined || trial.loss < best.loss ? trial : best),
    undefined,
  );
