/** A mean with its population standard deviation. */
export interface Spread {
  readonly mean: number;
  readonly std: number;
}

/** NaN of none. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

export function spread(values: readonly number[]): Spread {
  const average = mean(values);
  return { mean: average, std: Math.sqrt(mean(values.map((value) => (value - average) ** 2))) };
}

/** To the six digits that logs keep. */
export const rounded = (value: number): number => Number(value.toPrecision(6));

export const shownSpread = ({ mean: average, std }: Spread): string =>
  `${average.toFixed(4)} ± ${std.toFixed(4)}`;

/** No difference has no sign, not even that of a zero. */
export function signed(value: number): string {
  const text = value.toFixed(4);
  return Number(text) === 0 ? '0.0000' : value < 0 ? text.replace('-', '−') : `+${text}`;
}
