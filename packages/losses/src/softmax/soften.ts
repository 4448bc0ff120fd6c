import {
  cast,
  div,
  exp,
  expandDims,
  fill,
  greaterEqual,
  less,
  log,
  logicalAnd,
  max,
  mul,
  oneHot,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
  where,
} from '@tensorflow/tfjs-core';
import { readsAtOnce } from './reads-at-once.js';

/** Rows of a softmax with its logarithm, `[batch, classes]`; made inside the caller's `tidy`. */
export interface Softmax {
  readonly probabilities: Tensor2D;
  /** Computed when called, since gradients do without; finite where a probability underflows. */
  logProbabilities(): Tensor2D;
}

/** logits minus each row's maximum: at most 0, and the same softmax. */
export const shift = (logits: Tensor2D): Tensor2D => sub(logits, max(logits, 1, true));

/**
 * logits/T, shifted; T is a number or `[batch, 1]`.
 *
 * Shifted before the division: of logits near 1e4 and T = 0.05 the quotients, near 2e5, would keep steps of 0.02 alone.
 */
export const soften = (logits: Tensor2D, temperature: number | Tensor2D): Tensor2D =>
  over(shift(logits), temperature);

/** Replaces the label's logit if the label is left out: its probability is exactly 0, beside masked classes too. */
const EXCLUDED = -1e36;

/**
 * logits/T, shifted by each row's maximum over the classes that are not the label: these keep all their digits where
 * the label dominates.
 */
export function softenAgainstOthers(logits: Tensor2D, temperature: number, labels: Tensor1D): Tensor2D {
  const top = max(onlyOthers(logits, labels), 1, true);
  return over(sub(logits, top), temperature);
}

/** As `softenAgainstOthers`, without the label: the logits of a softmax over the other classes. */
export const softenOthers = (logits: Tensor2D, temperature: number, labels: Tensor1D): Tensor2D =>
  onlyOthers(softenAgainstOthers(logits, temperature, labels), labels);

/** The label's logit replaced by one that no exponential sees. */
export function onlyOthers(logits: Tensor2D, labels: Tensor1D): Tensor2D {
  const isLabel = cast(labelRows(labels, logits.shape[1]), 'bool');
  return where(isLabel, fill(logits.shape, EXCLUDED), logits);
}

const over = (logits: Tensor2D, temperature: number | Tensor2D): Tensor2D =>
  temperature === 1 ? logits : div(logits, temperature);

/** The softmax of logits that `shift` or `soften` returned. */
export function softmaxOf(shifted: Tensor2D): Softmax {
  const exponentials = exp(shifted);
  const total = sum(exponentials, 1, true);
  return { probabilities: div(exponentials, total), logProbabilities: () => sub(shifted, log(total)) };
}

/** NaN in the rows of labels that are no class, which cpu and wasm have refused already. */
function marked(labels: Tensor1D, classes: number, rows: Tensor2D): Tensor2D {
  if (readsAtOnce()) return rows;
  const isClass = logicalAnd(greaterEqual(labels, 0), less(labels, classes));
  return div(rows, expandDims(cast(isClass, 'float32'), 1));
}

/** Labels as rows of `value` at the label and 0 elsewhere, `[batch, classes]` float32. Call it inside a `tidy`. */
export const labelRows = (labels: Tensor1D, classes: number, value = 1): Tensor2D => {
  // wasm's oneHot fills float32 with the bits of integers, and rounds other values down.
  const rows = marked(labels, classes, cast(oneHot(labels, classes), 'float32') as Tensor2D);
  return value === 1 ? rows : mul<Tensor2D>(rows, value);
};
