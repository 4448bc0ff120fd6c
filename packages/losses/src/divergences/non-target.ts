import { sub, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { labelRows, shift } from '../soften.js';
import type { Divergence } from './types.js';

/** Taken from the label's logit: with the row's maximum shifted to 0 its probability is exactly 0 in float32. */
const EXCLUDED = 1e9;

/**
 * A divergence between the softmaxes over the classes that are not the label: p̂ and q̂ of decoupled distillation.
 *
 * The label's derivatives are 0. Exact at any temperature and spread, since the row is shifted after the label is
 * taken out.
 */
export const nonTarget =
  (divergence: Divergence): Divergence =>
  (u, v, labels, precise) =>
    divergence(withoutLabel(u, labels), withoutLabel(v, labels), labels, precise);

function withoutLabel(logits: Tensor2D, labels: Tensor1D): Tensor2D {
  return shift(sub(logits, labelRows(labels, logits.shape[1], EXCLUDED)));
}
