import {
  cast,
  div,
  exp,
  log,
  max,
  mul,
  oneHot,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';

/** Rows of a softmax with its logarithm, `[batch, classes]`; made inside the caller's `tidy`. */
export interface Softmax {
  readonly probabilities: Tensor2D;
  /** Computed when called, since gradients do without; finite where a probability underflows. */
  logProbabilities(): Tensor2D;
}

/** logits minus each row's maximum: at most 0, and the same softmax. */
export const shift = (logits: Tensor2D): Tensor2D => sub(logits, max(logits, 1, true));

/** logits/T, shifted; T is a number or `[batch, 1]`. */
export const soften = (logits: Tensor2D, temperature: number | Tensor2D): Tensor2D =>
  shift(temperature === 1 ? logits : div(logits, temperature));

/** The softmax of logits that `shift` or `soften` returned. */
export function softmaxOf(shifted: Tensor2D): Softmax {
  const exponentials = exp(shifted);
  const total = sum(exponentials, 1, true);
  return { probabilities: div(exponentials, total), logProbabilities: () => sub(shifted, log(total)) };
}

/** Labels as rows of `value` at the label and 0 elsewhere, `[batch, classes]` float32; made inside the caller's `tidy`. */
export const labelRows = (labels: Tensor1D, classes: number, value = 1): Tensor2D => {
  // wasm's oneHot fills float32 with the bits of integers, and rounds other values down.
  const rows = cast(oneHot(labels, classes), 'float32') as Tensor2D;
  return value === 1 ? rows : mul<Tensor2D>(rows, value);
};
