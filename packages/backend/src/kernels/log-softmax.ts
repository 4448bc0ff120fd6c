/**
 * log softmax(z / T) of the `out.length` logits from `start` on: z_k / T − max − log Σ exp(z_j / T − max).
 *
 * The maximum is subtracted first, so nothing overflows and at least one term of the sum is 1.
 */
export function logSoftmax(
  logits: Float32Array,
  start: number,
  temperature: number,
  out: Float64Array,
): void {
  const classes = out.length;
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < classes; k++) largest = Math.max(largest, logits[start + k] as number);
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    const shifted = ((logits[start + k] as number) - largest) / temperature;
    out[k] = shifted;
    sum += Math.exp(shifted);
  }
  const logSum = Math.log(sum);
  for (let k = 0; k < classes; k++) out[k] = (out[k] as number) - logSum;
}
