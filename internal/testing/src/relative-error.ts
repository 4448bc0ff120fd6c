import type { Tensor } from '@tensorflow/tfjs-core';

export type Numbers = ArrayLike<number> | Tensor;

export const toNumbers = (values: Numbers): number[] =>
  'dataSync' in values ? Array.from(values.dataSync()) : Array.from(values);

function norm(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

/** ‖got − expected‖₂ / ‖expected‖₂, or ‖got‖₂ where expected is zero; NaN and wrong lengths give Infinity. */
export function relativeError(got: Numbers, expected: Numbers): number {
  const a = toNumbers(got);
  const b = toNumbers(expected);
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  const error = norm(a.map((value, i) => value - (b[i] as number)));
  const scale = norm(b);
  const relative = scale > 0 ? error / scale : error;
  return Number.isNaN(relative) ? Number.POSITIVE_INFINITY : relative;
}
