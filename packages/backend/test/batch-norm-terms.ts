/** What batch norm is called with, and the moments of x. */
export interface BatchNormValues {
  readonly x: ArrayLike<number>;
  readonly scale: ArrayLike<number>;
  readonly mean: ArrayLike<number>;
  readonly variance: ArrayLike<number>;
  readonly epsilon: number;
}

/**
 * A bound of the relative error of batch norm's kernels, for quantities without cancellation: a sum over the rows is four
 * sums of a quarter of them, each addition rounds once by 2⁻²⁴, and some 16 roundings come before and after.
 */
export const batchNormBound = (rows: number): number => (rows / 4 + 16) * 2 ** -24;

/** |x̂| + κ of each value: x̂ errs by a rounding of itself, and by one of the mean, κ = mean |x| / √(variance + ε) times. */
export function normalisedTerms({ x, mean, variance, epsilon }: BatchNormValues): Float64Array {
  const channels = mean.length;
  const inverses = Array.from(variance, (value) => 1 / Math.sqrt(value + epsilon));
  const sizes = new Float64Array(channels);
  for (let i = 0; i < x.length; i++) sizes[i % channels]! += Math.abs(x[i]!) / (x.length / channels);
  return Float64Array.from(x, (value, i) => {
    const c = i % channels;
    return (Math.abs(value - mean[c]!) + sizes[c]!) * inverses[c]!;
  });
}

/**
 * What the gradients by x, scale and offset add up for a cotangent g, without the signs: rounding is relative to these.
 * Those by x are also the terms of the directional derivative along g.
 */
export function gradientTerms(values: BatchNormValues, g: ArrayLike<number>) {
  const { scale, variance, epsilon } = values;
  const channels = scale.length;
  const rows = g.length / channels;
  const normalised = normalisedTerms(values);
  const [byScale, byOffset] = [new Float64Array(channels), new Float64Array(channels)];
  for (let i = 0; i < g.length; i++) {
    byScale[i % channels]! += Math.abs(g[i]!) * normalised[i]!;
    byOffset[i % channels]! += Math.abs(g[i]!);
  }
  const byX = normalised.map((size, i) => {
    const c = i % channels;
    const slope = Math.abs(scale[c]!) / Math.sqrt(variance[c]! + epsilon);
    return slope * (Math.abs(g[i]!) + byOffset[c]! / rows + (size * byScale[c]!) / rows);
  });
  return { byX, byScale, byOffset };
}
