import type { Metaparameters } from '@metadistill/losses';
import { checkOptions } from '@metadistill/options';
import { clip } from './clip.js';
import { log } from './log.js';
import { sigmoid } from './sigmoid.js';
import type { Interval, Transform } from './types.js';

const transforms = { clip, log, sigmoid };

/** Where one metaparameter may go, and how it is written for the optimizer. */
export interface MetaparameterRange {
  readonly bounds: Interval;
  /** `clip` (default): as it is, projected after each step; `log`: by its logarithm; `sigmoid`: never on a bound. */
  readonly transform?: keyof typeof transforms;
}

/** Named metaparameters with bounds, and the free coordinates θ that an outer optimizer moves. */
export interface MetaparameterSpace<Name extends string> {
  readonly names: readonly Name[];
  readonly bounds: readonly Interval[];
  /** θ of λ, in the order of `names`. */
  free(metaparameters: Metaparameters<Name>): number[];
  /** λ of θ: inside its bounds whatever θ is. */
  value(free: readonly number[]): Metaparameters<Name>;
  /** dV/dθ_j = dV/dλ_j · dλ_j/dθ_j. */
  pullBack(free: readonly number[], gradient: readonly number[]): number[];
  /** Names whose value lies on a bound, or within a millionth of the interval's length of one. */
  saturated(metaparameters: Metaparameters<Name>): Name[];
  /** @throws RangeError if a metaparameter is outside its bounds, naming the first that is. */
  check(metaparameters: Metaparameters<Name>, caller: string): void;
}

/**
 * Declares the metaparameters of a problem: their bounds, and the coordinates that they are optimized in.
 *
 *     metaparameterSpace({
 *       distillationFraction: { bounds: [0, 1] },
 *       temperature: { bounds: [0.1, 10], transform: 'log' },
 *     })
 *
 * @throws RangeError if there is no metaparameter, an interval is empty or not finite, a `log` interval is not positive, or
 *   a transform is not known; TypeError if a range has an unknown key.
 */
export function metaparameterSpace<Name extends string>(
  ranges: Readonly<Record<Name, MetaparameterRange>>,
): MetaparameterSpace<Name> {
  const names = Object.keys(ranges) as Name[];
  if (names.length === 0) {
    throw new RangeError(
      'metaparameterSpace: ranges is {}; expected at least one metaparameter. Name those of the training loss.',
    );
  }
  for (const name of names) {
    checkOptions<MetaparameterRange>(`metaparameterSpace: ranges.${name}`, ranges[name], {
      bounds: true,
      transform: true,
    });
    checkRange(name, ranges[name]);
  }
  const bounds = names.map((name) => ranges[name].bounds);
  const rules: readonly Transform[] = names.map((name) => transforms[ranges[name].transform ?? 'clip']);
  const each = <Result>(map: (rule: Transform, interval: Interval, j: number) => Result): Result[] =>
    rules.map((rule, j) => map(rule, bounds[j] as Interval, j));
  return {
    names,
    bounds,
    free: (metaparameters) =>
      each((rule, interval, j) => rule.free(metaparameters[names[j] as Name], interval)),
    value: (free) =>
      Object.fromEntries(
        each((rule, interval, j) => [names[j], rule.value(free[j] as number, interval)]),
      ) as Metaparameters<Name>,
    pullBack: (free, gradient) =>
      each((rule, interval, j) => (gradient[j] as number) * rule.slope(free[j] as number, interval)),
    saturated: (metaparameters) =>
      names.filter((name) => {
        const [low, high] = ranges[name].bounds;
        const margin = 1e-6 * (high - low);
        return metaparameters[name] <= low + margin || metaparameters[name] >= high - margin;
      }),
    check(metaparameters, caller) {
      for (const name of names) {
        const [low, high] = ranges[name].bounds;
        const value = metaparameters[name];
        if (!(value >= low && value <= high)) {
          throw new RangeError(
            `${caller}: ${name} starts at ${value}; expected a value inside its bounds [${low}, ${high}]. ` +
              'Move the start or widen the bounds.',
          );
        }
      }
    },
  };
}

function checkRange(name: string, { bounds: [low, high], transform = 'clip' }: MetaparameterRange): void {
  if (!(low < high)) {
    throw new RangeError(
      `metaparameterSpace: the bounds of ${name} are [${low}, ${high}]; expected low < high. Swap or widen them.`,
    );
  }
  if (!Object.hasOwn(transforms, transform)) {
    throw new RangeError(
      `metaparameterSpace: the transform of ${name} is ${transform}; expected one of ` +
        `${Object.keys(transforms).join(', ')}. clip projects, log and sigmoid change coordinates.`,
    );
  }
  if (transform !== 'clip' && !Number.isFinite(high - low)) {
    throw new RangeError(
      `metaparameterSpace: the bounds of ${name} are [${low}, ${high}]; expected finite ones with the transform ` +
        `${transform}. Choose finite bounds, or the transform clip.`,
    );
  }
  if (transform === 'log' && !(low > 0)) {
    throw new RangeError(
      `metaparameterSpace: the bounds of ${name} are [${low}, ${high}]; expected low > 0 with the transform log. ` +
        'Raise the lower bound, or choose another transform.',
    );
  }
}
