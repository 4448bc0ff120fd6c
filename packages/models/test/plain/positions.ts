/** All positions in an array of this shape, row by row. */
export const positions = (shape: readonly number[]): number[][] =>
  shape.reduce<number[][]>(
    (rows, side) => rows.flatMap((row) => Array.from({ length: side }, (_, at) => [...row, at])),
    [[]],
  );
