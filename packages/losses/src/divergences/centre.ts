import { mul, sub, sum, type Tensor2D } from '@tensorflow/tfjs-core';

/** x − E_p x by rows: p times it is the softmax's Jacobian applied to x. */
export const centre = (probabilities: Tensor2D, x: Tensor2D): Tensor2D =>
  sub(x, sum(mul(probabilities, x), 1, true));

/** p ⊙ (x − E_p x): the Jacobian diag(p) − ppᵀ of p = softmax(u) applied to x, by rows. */
export const softmaxJacobian = (probabilities: Tensor2D, x: Tensor2D): Tensor2D =>
  mul(probabilities, centre(probabilities, x));
