import { add, mul, sub, sum, type Tensor2D } from '@tensorflow/tfjs-core';

/** x − E_p x by rows. */
export const centre = (probabilities: Tensor2D, x: Tensor2D): Tensor2D =>
  sub(x, sum(mul(probabilities, x), 1, true));

/** J_p x = p ⊙ (x − E_p x) by rows: the Jacobian diag(p) − ppᵀ of a softmax p, applied to x. Symmetric. */
export const softmaxJacobian = (probabilities: Tensor2D, x: Tensor2D): Tensor2D =>
  mul(probabilities, centre(probabilities, x));

/**
 * The change of J_p x as p = softmax(u) moves along u̇ = `logitsChange` and x along ẋ = `xChange`.
 *
 * Equals J_p((u̇ − E_p u̇) ⊙ (x − E_p x) + ẋ), since ṗ = p ⊙ (u̇ − E_p u̇) and E_p of a centred row is zero.
 */
export const softmaxJacobianChange = (
  probabilities: Tensor2D,
  logitsChange: Tensor2D,
  x: Tensor2D,
  xChange: Tensor2D,
): Tensor2D =>
  softmaxJacobian(
    probabilities,
    add(mul(centre(probabilities, logitsChange), centre(probabilities, x)), xChange),
  );
