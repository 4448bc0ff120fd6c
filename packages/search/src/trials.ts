import { describeValue } from '@metadistill/options';
import type { Dimension, Trial } from './types.js';

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
 * A run that diverged is told as Infinity, and kept as the largest number, which JSON can hold.
 *
 * @throws RangeError if the id was not asked for or was told before, or the loss is NaN or −Infinity.
 */
export function tellTrial<State extends TrialsState>(caller: string, state: State, trial: Trial): State {
  const { id, point, loss } = trial;
  if (!(Number.isInteger(id) && id >= 0 && id < state.asked)) {
    throw new RangeError(
      `${caller}: trial.id is ${describeValue(id)}; expected an id that ask returned, below ${state.asked}.`,
    );
  }
  if (state.trials.some((told) => told.id === id)) {
    throw new RangeError(`${caller}: trial.id ${id} was told before; expected each trial once.`);
  }
  if (Number.isNaN(loss) || loss === Number.NEGATIVE_INFINITY) {
    throw new RangeError(
      `${caller}: trial.loss is ${describeValue(loss)}; expected a number. Tell Infinity for a run that diverged.`,
    );
  }
  return { ...state, trials: [...state.trials, { id, point, loss: Math.min(loss, Number.MAX_VALUE) }] };
}

/** The trial with the smallest loss, the first told among equals; undefined if there is none. */
export const bestTrial = ({ trials }: Pick<TrialsState, 'trials'>): Trial | undefined =>
  trials.reduce<Trial | undefined>(
    (best, trial) => (best === undefined || trial.loss < best.loss ? trial : best),
    undefined,
  );
