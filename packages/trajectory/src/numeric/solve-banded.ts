/**
 * Solves A x = b for a symmetric positive definite A that is constant along its diagonals: `bands[k]` stands k places
 * off the main one, and further entries are zero. By LDLᵀ in O(n·bands²).
 */
export function solveBanded(bands: readonly number[], rightSide: readonly number[]): number[] {
  const width = bands.length - 1;
  const pivots: number[] = [];
  /** `factors[i][k]` is L[i][i − k]. */
  const factors: number[][] = [];
  const at = (i: number, k: number): number => factors[i]?.[k] ?? 0;

  const solution = rightSide.map((right, i) => {
    const row: number[] = [1];
    factors.push(row);
    for (let k = Math.min(width, i); k >= 1; k -= 1) {
      let entry = bands[k] as number;
      for (let m = k + 1; m <= Math.min(width, i); m += 1) {
        entry -= at(i, m) * at(i - k, m - k) * (pivots[i - m] as number);
      }
      row[k] = entry / (pivots[i - k] as number);
    }
    let pivot = bands[0] as number;
    for (let k = 1; k <= Math.min(width, i); k += 1) pivot -= at(i, k) ** 2 * (pivots[i - k] as number);
    pivots.push(pivot);
    return right;
  });

  for (let i = 0; i < solution.length; i += 1) {
    for (let k = 1; k <= Math.min(width, i); k += 1) {
      solution[i] = (solution[i] as number) - at(i, k) * (solution[i - k] as number);
    }
  }
  for (let i = solution.length - 1; i >= 0; i -= 1) {
    solution[i] = (solution[i] as number) / (pivots[i] as number);
    for (let k = 1; k <= width && i + k < solution.length; k += 1) {
      solution[i] = (solution[i] as number) - at(i + k, k) * (solution[i + k] as number);
    }
  }
  return solution;
}
