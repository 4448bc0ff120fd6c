import type { Metaparameters } from '@metadistill/losses';

/** An array of metaparameters in five numbers. */
export interface ArraySummary {
  readonly length: number;
  readonly mean: number;
  /** √(mean (x − mean)²). */
  readonly standardDeviation: number;
  readonly min: number;
  readonly max: number;
}

/** Arrays of so many numbers or fewer are as short as their summary. */
const SHORT = 8;

/**
 * Metaparameters, or their hypergradient, for a line of a log: numbers and arrays of at most 8 of them as they are, of longer
 * arrays how many they have, their mean, standard deviation and range.
 *
 *     console.log(JSON.stringify(summarizeMetaparameters(report.metaparameters)));
 *
 * Reports and snapshots hold the whole arrays, which a resumed training needs.
 *
 * @returns plain data, for JSON.
 */
export const summarizeMetaparameters = <Name extends string>(
  metaparameters: Metaparameters<Name>,
): Readonly<Record<Name, number | readonly number[] | ArraySummary>> =>
  Object.fromEntries(
    Object.entries<number | readonly number[]>(metaparameters).map(([name, value]) => [
      name,
      typeof value === 'number' || value.length <= SHORT ? value : summaryOf(value),
    ]),
  ) as Record<Name, number | readonly number[] | ArraySummary>;

function summaryOf(values: readonly number[]): ArraySummary {
  const { length } = values;
  const mean = values.reduce((sum, value) => sum + value, 0) / length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  // Not Math.min(...values): an argument for each of many thousand numbers is too many.
  const [min, max] = values.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  return { length, mean, standardDeviation: Math.sqrt(squares / length), min, max };
}
