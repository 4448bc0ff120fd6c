import { mean } from './spread.js';

/** A grid by mean accuracy, the highest first, of equal ones the earlier; undefined if one of it was not trained. */
export function ranked<Constant>(
  grid: readonly Constant[],
  accuraciesOf: (constant: Constant) => readonly number[],
): readonly Constant[] | undefined {
  const means = grid.map((constant) => mean(accuraciesOf(constant)));
  if (means.some(Number.isNaN)) return undefined;
  const order = grid.map((_, i) => i).sort((a, b) => (means[b] as number) - (means[a] as number));
  return order.map((i) => grid[i] as Constant);
}
