/** The derivative along a direction that a gradient says, and what its rounding to float32 may change. */
export function alongDirection(
  gradient: ArrayLike<number>,
  direction: ArrayLike<number>,
): { readonly value: number; readonly bound: number } {
  let [value, magnitude, length] = [0, 0, 0];
  for (let i = 0; i < gradient.length; i++) {
    value += gradient[i]! * direction[i]!;
    magnitude += Math.abs(gradient[i]! * direction[i]!);
    length += Math.abs(direction[i]!);
  }
  // A gradient is a chain of float32 sums of up to some hundred terms, each of 6e-8: 1e-4 of its terms is far above that,
  // and far below a wrong factor. The weights that `fit` moves are themselves rounded at 1e-7.
  return { value, bound: 1e-4 * magnitude + 1e-6 * length };
}
