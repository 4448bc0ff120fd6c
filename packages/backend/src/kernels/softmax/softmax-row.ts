/** A row of logits divided by a temperature, in log space: log softmax is `shifted[k] − logSum`. */
export interface SoftmaxRow {
  /** z_k / T − max: at most 0, so nothing overflows. */
  readonly shifted: Float64Array;
  /** softmax(z / T). */
  readonly probabilities: Float64Array;
  /** log Σ exp(shifted); at least one term of the sum is 1. */
  logSum: number;
}

/** Room for a row of that many classes. */
export const softmaxRow = (classes: number): SoftmaxRow => ({
  shifted: new Float64Array(classes),
  probabilities: new Float64Array(classes),
  logSum: 0,
});

/** Fills `row` with the softmax of the logits from `start` on, in float64. */
export function fillSoftmax(row: SoftmaxRow, logits: Float32Array, start: number, temperature: number): void {
  const { shifted, probabilities } = row;
  const classes = shifted.length;
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < classes; k++) largest = Math.max(largest, logits[start + k] as number);
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    const value = ((logits[start + k] as number) - largest) / temperature;
    const exponential = Math.exp(value);
    shifted[k] = value;
    probabilities[k] = exponential;
    sum += exponential;
  }
  for (let k = 0; k < classes; k++) probabilities[k] = (probabilities[k] as number) / sum;
  row.logSum = Math.log(sum);
}
