import { div, exp, log, max, sub, sum, type Tensor2D } from '@tensorflow/tfjs-core';

/** Rows of softmax(logits/T) with what its derivatives need, all `[batch, classes]`. */
export interface TemperedSoftmax {
  /** logits/T minus the row's maximum: at most 0. */
  readonly shifted: Tensor2D;
  readonly probabilities: Tensor2D;
  /** log softmax(logits/T), finite where a probability underflows. */
  readonly logProbabilities: Tensor2D;
}

/** softmax(logits/T) by rows, in seven operations; six at T = 1. Made inside the caller's `tidy`. */
export function temperedSoftmax(logits: Tensor2D, temperature: number): TemperedSoftmax {
  const scaled = temperature === 1 ? logits : div(logits, temperature);
  const shifted = sub<Tensor2D>(scaled, max(scaled, 1, true));
  const exponentials = exp(shifted);
  const total = sum(exponentials, 1, true);
  return {
    shifted,
    probabilities: div(exponentials, total),
    logProbabilities: sub(shifted, log(total)),
  };
}
