/** Rows of numbers. */
export type Matrix = readonly (readonly number[])[];

/** ⟨a, b⟩. */
export const inner = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

/** a + scale·b. */
export const axpy = (a: readonly number[], b: readonly number[], scale: number): number[] =>
  a.map((value, i) => value + scale * (b[i] as number));

/** M x. */
export const times = (matrix: Matrix, vector: readonly number[]): number[] =>
  matrix.map((row) => inner(row, vector));

/** Mᵀ of a matrix with `columns` columns. */
export const transposed = (matrix: Matrix, columns: number): number[][] =>
  Array.from({ length: columns }, (_, j) => matrix.map((row) => row[j] as number));

/** x with M x = b, by Gauss-Jordan elimination with row pivoting; M is square and not singular. */
export function solve(matrix: Matrix, rightHandSide: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, rightHandSide[i] as number]);
  for (const [k] of matrix.entries()) {
    const pivot = rows.findIndex(
      (row, i) => i >= k && rows.slice(k).every((other) => Math.abs(other[k]!) <= Math.abs(row[k]!)),
    );
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    for (const [i, row] of rows.entries()) {
      if (i !== k) rows[i] = axpy(row, rows[k]!, -row[k]! / rows[k]![k]!);
    }
  }
  return rows.map((row, k) => row.at(-1)! / row[k]!);
}
