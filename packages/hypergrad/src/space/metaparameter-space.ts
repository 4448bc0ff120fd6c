import type { Metaparameters, Shapes } from '@metadistill/losses';
import { checkNumber, checkOptions, checkPart, describeValue } from '@metadistill/options';
import { clip } from './clip.js';
import { metaparameterLayout, segmentsOf } from './layout.js';
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

/** The range that all numbers of an array share. */
export interface ArrayRange extends MetaparameterRange {
  /** How many numbers the array has: the product of its shape. */
  readonly size: number;
}

/** A range for each metaparameter; of an array, whose name ends in `[]`, with its size. */
export type MetaparameterRanges<Name extends string> = {
  readonly [N in Name]: N extends `${string}[]` ? ArrayRange : MetaparameterRange;
};

/** Named metaparameters with bounds, and the free coordinates θ that an outer optimizer moves: one for each number. */
export interface MetaparameterSpace<Name extends string> {
  readonly names: readonly Name[];
  /** Of each number, in the order of θ. */
  readonly bounds: readonly Interval[];
  /** θ of λ, in the order of `names`, arrays flat. */
  free(metaparameters: Metaparameters<Name>): number[];
  /**
   * λ of θ: inside its bounds whatever θ is. A number whose θ did not move since `before`, which has a λ and its θ, is that
   * of before, to the last bit, if this is inside its bounds.
   */
  value(
    free: readonly number[],
    before?: { readonly free: readonly number[]; readonly metaparameters: Metaparameters<Name> },
  ): Metaparameters<Name>;
  /** dV/dθ_j = dV/dλ_j · dλ_j/dθ_j, from dV/dλ by name. */
  pullBack(free: readonly number[], gradient: Metaparameters<Name>): number[];
  /**
   * Names whose value lies on a bound, or within a millionth of the interval's length of one; of an array if one of its
   * numbers does.
   */
  saturated(metaparameters: Metaparameters<Name>): Name[];
  /** @throws RangeError if a number is outside its bounds or an array of another size, naming the first that is. */
  check(metaparameters: Metaparameters<Name>, caller: string): void;
}

/** The entries of one metaparameter, and what is done with each. */
interface Part {
  readonly start: number;
  readonly end: number;
  readonly interval: Interval;
  readonly rule: Transform;
}

/**
 * Declares the metaparameters of a problem: their bounds, and the coordinates that they are optimized in.
 *
 *     metaparameterSpace({
 *       distillationFraction: { bounds: [0, 1] },
 *       temperature: { bounds: [0.1, 10], transform: 'log' },
 *       'trust[]': { bounds: [-5, 5], size: 40 },
 *     })
 *
 * @throws RangeError if there is no metaparameter, an interval is empty or not finite, a `log` interval is not positive, a
 *   transform is not known, or an array has no size; TypeError if a range has an unknown key.
 */
export function metaparameterSpace<Name extends string>(
  ranges: MetaparameterRanges<Name>,
): MetaparameterSpace<Name> {
  checkPart('metaparameterSpace', 'ranges', ranges, 'record');
  const names = Object.keys(ranges) as Name[];
  if (names.length === 0) {
    throw new RangeError(
      'metaparameterSpace: ranges is {}; expected at least one metaparameter. Name those of the training loss.',
    );
  }
  for (const name of names) {
    const isArray = name.endsWith('[]');
    checkOptions<Partial<ArrayRange>>(`metaparameterSpace: ranges.${name}`, ranges[name], {
      bounds: 'numbers',
      transform: true,
      ...(isArray && { size: true }),
    } as Record<keyof ArrayRange, true | 'numbers'>);
    checkRange(name, ranges[name]);
    if (isArray) checkSize(name, (ranges[name] as ArrayRange).size);
  }
  const arrays = names.filter((name) => name.endsWith('[]'));
  const shapes = Object.fromEntries(arrays.map((name) => [name, [(ranges[name] as ArrayRange).size]]));
  const named = { metaparameters: names, shapes: shapes as unknown as Shapes<Name> };
  const { entries, flatten, unflatten, entryName } = metaparameterLayout(named);
  const parts = segmentsOf(named).map(({ name, start, size }): Part => {
    const { bounds, transform = 'clip' } = ranges[name];
    return { start, end: start + size, interval: bounds, rule: transforms[transform] };
  });
  /** Numbers by what each part makes of its own: a loop per part, which the engine compiles for its transform. */
  const byPart = (map: (part: Part, results: number[]) => void): number[] => {
    const results = new Array<number>(entries);
    for (const part of parts) map(part, results);
    return results;
  };
  return {
    names,
    bounds: parts.flatMap(({ start, end, interval }) => Array<Interval>(end - start).fill(interval)),
    free(metaparameters) {
      const values = flatten(metaparameters);
      return byPart(({ start, end, interval, rule }, free) => {
        for (let j = start; j < end; j++) free[j] = rule.free(values[j] as number, interval);
      });
    },
    value(free, before) {
      const old = before && flatten(before.metaparameters);
      return unflatten(
        byPart(({ start, end, interval, rule }, values) => {
          const [low, high] = interval;
          for (let j = start; j < end; j++) {
            const value = old?.[j] as number;
            values[j] =
              free[j] === before?.free[j] && value >= low && value <= high
                ? value
                : rule.value(free[j] as number, interval);
          }
        }),
      );
    },
    pullBack(free, gradient) {
      const slopes = flatten(gradient);
      return byPart(({ start, end, interval, rule }, pulled) => {
        for (let j = start; j < end; j++) {
          const slope = slopes[j] as number;
          // A batch touches a few numbers of a long array: no exponential for the others.
          pulled[j] = slope === 0 ? 0 : slope * rule.slope(free[j] as number, interval);
        }
      });
    },
    saturated(metaparameters) {
      const values = flatten(metaparameters);
      return names.filter((_, k) => {
        const { start, end, interval } = parts[k] as Part;
        const [low, high] = interval;
        // An interval without an end has no length to be near the other by.
        const margin = Number.isFinite(high - low) ? 1e-6 * (high - low) : 0;
        for (let j = start; j < end; j++) {
          const value = values[j] as number;
          if (value <= low + margin || value >= high - margin) return true;
        }
        return false;
      });
    },
    check(metaparameters, caller) {
      const values = flatten(metaparameters, caller);
      for (const { start, end, interval } of parts) {
        const [low, high] = interval;
        const bad = values.findIndex((value, j) => j >= start && j < end && !(value >= low && value <= high));
        if (bad < 0) continue;
        throw new RangeError(
          `${caller}: ${entryName(bad)} starts at ${values[bad]}; expected a value inside its bounds [${low}, ${high}]. ` +
            'Move the start or widen the bounds.',
        );
      }
    },
  };
}

function checkSize(name: string, size: number): void {
  checkNumber(
    'metaparameterSpace',
    `the size of ${name}`,
    size,
    { least: 1, most: MOST_NUMBERS, whole: true },
    'It is how many numbers the array has.',
  );
}

/** Of one array: each of them costs memory in every step. */
const MOST_NUMBERS = 10_000_000;

/** The least width of an interval, as a share of its larger end: an optimizer needs many numbers between the ends. */
const NARROWEST = 1e-12;

function checkRange(name: string, { bounds, transform = 'clip' }: MetaparameterRange): void {
  const [low, high] = bounds;
  if (bounds.length !== 2 || typeof low !== 'number' || typeof high !== 'number' || !(low < high)) {
    throw new RangeError(
      `metaparameterSpace: the bounds of ${name} are ${describeValue([...bounds])}; expected low < high. Swap or widen them.`,
    );
  }
  if (!Object.hasOwn(transforms, transform)) {
    throw new RangeError(
      `metaparameterSpace: the transform of ${name} is ${describeValue(transform)}; expected one of ` +
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
  // On a logarithmic scale too, where the width is log(high / low).
  const isClosed = Number.isFinite(low) && Number.isFinite(high);
  const largest = Math.max(Math.abs(low), Math.abs(high));
  if (
    isClosed &&
    !(high - low >= NARROWEST * largest && high - low < Number.POSITIVE_INFINITY && largest > SMALLEST)
  ) {
    throw new RangeError(
      `metaparameterSpace: the bounds of ${name} are [${low}, ${high}], of width ${high - low}; expected a finite width of at ` +
        `least ${NARROWEST} of the larger end. Widen them, or hold the metaparameter constant by withFixed.`,
    );
  }
}

/** Ends below it are so small that a share of them is 0. */
const SMALLEST = 1e-290;
