import { describeValue } from '@metadistill/options';

/** Rows above and below and columns left and right: one number for all, one each for rows and columns, or a pair each. */
export type Margins =
  | number
  | readonly [rows: number, columns: number]
  | readonly [rows: readonly [above: number, below: number], columns: readonly [left: number, right: number]];

/** The four numbers, checked when a layer is made. */
export interface CheckedMargins {
  readonly above: number;
  readonly below: number;
  readonly left: number;
  readonly right: number;
}

/** @throws RangeError if a number is not a whole number of at least 0. */
export function checkMargins(name: string, option: string, margins: Margins): CheckedMargins {
  const axes: unknown[] = Array.isArray(margins) && margins.length === 2 ? margins : [margins, margins];
  const pairs = axes.map((axis) => (Array.isArray(axis) && axis.length === 2 ? axis : [axis, axis]));
  const [above, below, left, right] = pairs.flat();
  if ([above, below, left, right].every((each) => Number.isInteger(each) && each >= 0)) {
    return { above, below, left, right };
  }
  throw new RangeError(
    `${name}: ${option} is ${describeValue(margins)}; expected a whole number, [rows, columns] or [[above, below], [left, right]].`,
  );
}
