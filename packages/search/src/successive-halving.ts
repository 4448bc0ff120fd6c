import { checkNumber, checkOptions } from '@metadistill/options';
import { checkedUniform, checkSpace, drawPoint } from './space.js';
import { type TrialsState, tellTrial } from './trials.js';
import type { Point, Search, Trial } from './types.js';

export interface SuccessiveHalvingOptions {
  /** The name under which a point says how much to spend on it, such as `epochs`; must not be a dimension's. */
  readonly resource: string;
  /** What a new point is given first, above 0. */
  readonly minimum: number;
  /** The most that a point is given. */
  readonly maximum: number;
  /** One in so many points is promoted, with so many times as much, an integer of at least 2; by default 3. */
  readonly reduction?: number;
}

/** The largest ratio of maximum and minimum. */
const WIDEST = 1e15;

/** What is kept of a point that was asked for. */
interface Asked {
  readonly id: number;
  readonly rung: number;
  readonly point: Point;
}

export interface SuccessiveHalvingState extends TrialsState {
  readonly asks: readonly Asked[];
  /** Ids that were promoted to the next rung. */
  readonly promoted: readonly number[];
}

/**
 * Asynchronous successive halving: gives many points little, and the best of them more.
 *
 * Points carry what to spend on them under the name of the resource: `minimum`, then `reduction` times as much on each
 * rung up to `maximum`. Asking promotes the best point of the highest rung of which ⌊told/reduction⌋ may be promoted, else
 * draws a new one: nobody waits for a rung to fill. The best trial is the best of the highest rung told.
 *
 * A promoted point is a new trial with its own id; whether it continues from a snapshot is up to you.
 *
 * @throws TypeError for an unknown option; TypeError, RangeError if an option is out of range or the resource is a dimension.
 * @see Li, Jamieson, Rostamizadeh, Gonina et al. (2020), A system for massively parallel hyperparameter tuning.
 */
export function successiveHalving(options: SuccessiveHalvingOptions): Search<SuccessiveHalvingState> {
  checkOptions('successiveHalving', options, {
    resource: 'string',
    minimum: true,
    maximum: true,
    reduction: true,
  });
  const { resource, minimum, maximum, reduction = 3 } = options;
  checkNumber('successiveHalving', 'reduction', reduction, { least: 2, whole: true });
  for (const [name, value] of Object.entries({ minimum, maximum })) {
    checkNumber('successiveHalving', name, value, { above: 0 });
  }
  if (!(minimum <= maximum && maximum / minimum <= WIDEST)) {
    throw new RangeError(
      `successiveHalving: minimum is ${minimum} and maximum ${maximum}; expected 0 < minimum <= maximum, and a ratio of ` +
        `at most ${WIDEST}. Swap them, or raise minimum.`,
    );
  }
  const topRung = Math.floor(Math.log(maximum / minimum) / Math.log(reduction) + 1e-9);
  const withResource = (point: Point, rung: number): Point => ({
    ...point,
    [resource]: minimum * reduction ** rung,
  });

  return {
    name: 'successiveHalving',
    initialize(space) {
      checkSpace('successiveHalving', space);
      if (space.some(({ name }) => name === resource)) {
        throw new TypeError(
          `successiveHalving: space names ${resource}, the resource; expected it to be left out. It is added to points.`,
        );
      }
      return { space, asked: 0, trials: [], asks: [], promoted: [] };
    },
    ask(state, given) {
      const uniform = checkedUniform('successiveHalving', given);
      const id = state.asked;
      const promotable = nextPromotion(state, topRung, reduction);
      const rung = promotable === undefined ? 0 : promotable.rung + 1;
      const point = withResource(promotable?.point ?? drawPoint(state.space, uniform), rung);
      return {
        id,
        point,
        state: {
          ...state,
          asked: id + 1,
          asks: [...state.asks, { id, rung, point }],
          promoted: promotable === undefined ? state.promoted : [...state.promoted, promotable.id],
        },
      };
    },
    tell(state, trial) {
      const asked = state.asks[trial?.id];
      return tellTrial(
        'successiveHalving',
        state,
        trial,
        asked && { [resource]: asked.point[resource] as number },
      );
    },
    best(state) {
      const highest = Math.max(...state.trials.map(({ id }) => rungOf(state, id)));
      return ranked(state, highest)[0];
    },
  };
}

/** A point that may be promoted: from the highest rung that has one. */
function nextPromotion(state: SuccessiveHalvingState, topRung: number, reduction: number): Asked | undefined {
  for (let rung = topRung - 1; rung >= 0; rung -= 1) {
    const told = ranked(state, rung);
    const allowed = told.slice(0, Math.floor(told.length / reduction));
    const next = allowed.find(({ id }) => !state.promoted.includes(id));
    if (next !== undefined) return state.asks[next.id];
  }
  return undefined;
}

/** The trials of a rung, the best first. */
const ranked = (state: SuccessiveHalvingState, rung: number): Trial[] =>
  state.trials.filter(({ id }) => rungOf(state, id) === rung).sort((a, b) => a.loss - b.loss);

const rungOf = ({ asks }: SuccessiveHalvingState, id: number): number => asks[id]?.rung ?? -1;
