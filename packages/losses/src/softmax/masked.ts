import { maximum, type Tensor2D } from '@tensorflow/tfjs-core';

/**
 * Teacher logits below it count as it: a class that is masked, by −Infinity or float32's smallest number. Its probability is
 * 0 at any temperature below 1e29, and what is multiplied by that probability stays finite, where 0 · −Infinity is NaN.
 */
export const MASKED = -1e32;

/** The same logits with masked classes at `MASKED`. NaN stays NaN. Call it inside a `tidy`. */
export const unmasked = (logits: Tensor2D): Tensor2D => maximum<Tensor2D>(logits, MASKED);
