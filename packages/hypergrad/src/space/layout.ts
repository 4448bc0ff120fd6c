import type { Metaparameters, Shapes } from '@metadistill/losses';
import { describeValue } from '@metadistill/options';

/** The metaparameters of a problem or a space: their names in order, and the shapes of those that are arrays. */
export interface NamedMetaparameters<Name extends string> {
  readonly metaparameters: readonly Name[];
  readonly shapes?: Shapes<Name>;
}

/** Metaparameters as one flat list of numbers: each in its order, an array in row-major order. */
export interface MetaparameterLayout<Name extends string> {
  /** How many numbers there are: the length of an `[entries]` tensor. */
  readonly entries: number;
  /**
   * The numbers of all metaparameters.
   * @throws RangeError if an array does not have as many as its shape, in the name of `caller`.
   */
  flatten(metaparameters: Metaparameters<Name>, caller?: string): readonly number[];
  /** The metaparameters that have these numbers. */
  unflatten(entries: readonly number[]): Metaparameters<Name>;
  /** What an entry is called: `temperature`, or `trust[][17]` for number 17 of an array. */
  entryName(entry: number): string;
}

/** Where one metaparameter lies among the entries. */
export interface Segment<Name extends string> {
  readonly name: Name;
  readonly isArray: boolean;
  readonly start: number;
  readonly size: number;
}

/**
 * The order of every `[entries]` tensor of a problem, and of every vector of a controller or an outer optimizer.
 *
 *     metaparameterLayout({ metaparameters: ['temperature', 'trust[]'], shapes: { 'trust[]': [2, 3] } }).entries // 7
 *
 * @throws RangeError if a name that ends in `[]` has no shape, or a shape is not of integers of at least 1.
 */
export function metaparameterLayout<Name extends string>(
  named: NamedMetaparameters<Name>,
): MetaparameterLayout<Name> {
  const segments = segmentsOf(named);
  const last = segments.at(-1);
  return {
    entries: last ? last.start + last.size : 0,
    flatten(metaparameters, caller = 'metaparameterLayout') {
      const values = segments.map(({ name, isArray, size }) => {
        const value = metaparameters[name] as number | readonly number[];
        if (isArray) checkLength(caller, name, value, size);
        return value;
      });
      const [only] = values;
      if (values.length === 1 && typeof only === 'object') return only;
      // Copies arrays as memory; flatMap takes a hundred times as long.
      return ([] as number[]).concat(...values);
    },
    unflatten: (entries) =>
      Object.fromEntries(
        segments.map(({ name, isArray, start, size }) => [
          name,
          isArray ? (size === entries.length ? entries : entries.slice(start, start + size)) : entries[start],
        ]),
      ) as Metaparameters<Name>,
    entryName(entry) {
      const segment = segments.findLast(({ start }) => start <= entry) as Segment<Name>;
      return segment.isArray ? `${segment.name}[${entry - segment.start}]` : segment.name;
    },
  };
}

/** Where each metaparameter lies among the entries, in their order. */
export function segmentsOf<Name extends string>({
  metaparameters,
  shapes,
}: NamedMetaparameters<Name>): readonly Segment<Name>[] {
  let start = 0;
  return metaparameters.map((name) => {
    const isArray = name.endsWith('[]');
    const size = isArray ? sizeOf(name, (shapes as Shapes | undefined)?.[name as `${string}[]`]) : 1;
    const segment = { name, isArray, start, size };
    start += size;
    return segment;
  });
}

/** The place of the first number that is not finite; −1 without one. */
export function firstNotFinite(values: readonly number[]): number {
  // A loop, since findIndex takes three times as long.
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}

/** @throws RangeError if an array is none, or not of so many numbers. */
export function checkLength(caller: string, name: string, value: unknown, size: number): void {
  if (Array.isArray(value) && value.length === size) return;
  throw new RangeError(
    `${caller}: ${name} is ${Array.isArray(value) ? `an array of ${value.length}` : describeValue(value)}; expected an array of ` +
      `${size} numbers. Give them flat, in row-major order.`,
  );
}

function sizeOf(name: string, shape: readonly number[] | undefined): number {
  if (shape?.every((length) => Number.isInteger(length) && length > 0)) {
    return shape.reduce((product, length) => product * length, 1);
  }
  throw new RangeError(
    `metaparameterLayout: the shape of ${name} is ${shape ? `[${shape}]` : shape}; expected integers of at least 1. ` +
      'State it in shapes, as the name ends in [].',
  );
}

/** Metaparameters as text for messages: a number as it is, an array by how many numbers it has and their range. */
export const describeMetaparameters = (metaparameters: Metaparameters): string =>
  Object.entries(metaparameters)
    .map(([name, value]) => {
      if (!Array.isArray(value)) return `${name} ${value}`;
      const [low, high] = value.reduce(
        ([least, most], each) => [Math.min(least, each), Math.max(most, each)],
        [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      );
      return `${name} ${value.length} numbers from ${low} to ${high}`;
    })
    .join(', ');
