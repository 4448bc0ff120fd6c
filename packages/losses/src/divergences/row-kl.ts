import {
  abs,
  add,
  less,
  log1p,
  max,
  mul,
  square,
  sub,
  sum,
  type Tensor2D,
  where,
} from '@tensorflow/tfjs-core';
import type { Softmax } from '../softmax/soften.js';
import { centre } from '../softmax/softmax-jacobian.js';

/** Where logits differ by less than this the series replaces the sum; what it leaves out is then below 1e-12. */
const SMALL = 0.1;

/**
 * KL(a ‖ b) = Σ a (log a − log b) by rows, `[batch, 1]`.
 *
 * Where a and b nearly agree the terms of that sum cancel: at T = 1e4 float32 keeps no digit of it. With
 * d = logits of a − logits of b and x = E_a d − d the divergence is also log E_a eˣ = log(1 + E_a(eˣ − 1 − x)),
 * whose terms are all positive; with `precise`, rows of which every |x| is small take their value from there, at
 * three times the operations.
 *
 * @param difference logits of a minus logits of b, `[batch, classes]`; a constant per row does not matter.
 */
export function rowKL(a: Softmax, b: Softmax, difference: Tensor2D, precise: boolean): Tensor2D {
  const direct = sum(mul(a.probabilities, sub(a.logProbabilities(), b.logProbabilities())), 1, true);
  if (!precise) return direct as Tensor2D;
  const x = centre(a.probabilities, mul(difference, -1));
  const nearby = log1p(sum(mul(a.probabilities, exponentialRemainder(x)), 1, true));
  return where(less(max(abs(x), 1, true), SMALL), nearby, direct) as Tensor2D;
}

/** eˣ − 1 − x for |x| < 0.1, as x²/2·(1 + x/3·(1 + x/4·(... (1 + x/8)))). */
function exponentialRemainder(x: Tensor2D): Tensor2D {
  let series: Tensor2D = add(mul(x, 1 / 8), 1);
  for (const n of [7, 6, 5, 4, 3]) series = add(mul(mul(x, 1 / n), series), 1);
  return mul(mul(square(x), 0.5), series);
}
