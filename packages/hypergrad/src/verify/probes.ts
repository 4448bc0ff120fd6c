import { type NamedMetaparameters, type Segment, segmentsOf } from '../space/layout.js';

/** A direction in the metaparameters along which derivatives are held to differences. */
export interface Probe {
  /** `temperature`, `trust[][3]`, or `trust[] along a direction`. */
  readonly name: string;
  /** `[entries]`. */
  readonly direction: readonly number[];
  /** How many times the direction is gone, up and down. */
  readonly reach: number;
  /** What it is part of: probes of one group are compared by what they change within their reach. */
  readonly group: string;
  /** Is it one number of an array? A batch may leave it alone. */
  readonly isEntry: boolean;
}

/** So many numbers of an array are all probed. */
const FEW = 8;

/**
 * Each number by itself; of a long array the four with the largest derivatives and four others, and of every array one
 * direction in which all of its numbers move.
 */
export function probesOf<Name extends string>(
  problem: NamedMetaparameters<Name>,
  gradient: readonly number[],
  reach: readonly number[],
): readonly Probe[] {
  const unit = (entry: number, name: string, group: string, isEntry: boolean): Probe => ({
    name,
    direction: gradient.map((_, j) => Number(j === entry)),
    reach: reach[entry] as number,
    group,
    isEntry,
  });
  return segmentsOf(problem).flatMap((segment) => {
    const { name, isArray, start, size } = segment;
    if (!isArray) return [unit(start, name, '', false)];
    const whole = `${name} along a direction`;
    const direction = gradient.map((_, j) =>
      j >= start && j < start + size ? withoutPattern(j - start) * (reach[j] as number) : 0,
    );
    return [
      ...chosen(segment, gradient, reach).map((entry) =>
        unit(entry, `${name}[${entry - start}]`, name, true),
      ),
      { name: whole, direction, reach: 1, group: whole, isEntry: false },
    ];
  });
}

/** Entries of an array, in ascending order. */
function chosen(
  { start, size }: Segment<string>,
  gradient: readonly number[],
  reach: readonly number[],
): number[] {
  const all = Array.from({ length: size }, (_, i) => start + i);
  if (size <= FEW) return all;
  const change = (j: number): number => Math.abs((gradient[j] as number) * (reach[j] as number));
  const byChange = all.toSorted((a, b) => change(b) - change(a));
  const others = byChange.slice(FEW / 2);
  const spread = Array.from(
    { length: FEW / 2 },
    (_, k) =>
      others[Math.floor(((k + 0.5 * Math.abs(withoutPattern(k))) / (FEW / 2)) * others.length)] as number,
  );
  return [...byChange.slice(0, FEW / 2), ...spread].sort((a, b) => a - b);
}

/** Numbers between −1 and 1 without pattern, the same at every call. */
const withoutPattern = (i: number): number => Math.sin(12.9898 * (i + 1));
