import {
  concat,
  mul,
  sigmoid,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { labelRows, onlyOthers, shift, softmaxOf } from '../softmax/soften.js';
import { softmaxJacobian } from '../softmax/softmax-jacobian.js';
import { rowKL } from './row-kl.js';
import type { Divergence } from './types.js';

/**
 * KL([q_y, 1 − q_y] ‖ [p_y, 1 − p_y]) of the teacher's q and the student's p: the label against all other classes.
 *
 * Expects the logits of `softenAgainstOthers`. In log-odds m = u_y − log Σ_{k≠y} exp u_k, with p_y = σ(m), n the
 * teacher's, and p̂ the softmax without the label:
 * ∂/∂u = (σ(m) − σ(n)) (e_y − p̂); ∂/∂v = σ'(n) (n − m) (e_y − q̂).
 */
export const targetClass: Divergence = (u, v, labels) => {
  const student = oddsOf(u, labels);
  const teacher = oddsOf(v, labels);
  const gap = sub<Tensor2D>(sigmoid(student.logOdds), sigmoid(teacher.logOdds));
  return {
    value: () => {
      const [m, n] = [twoClasses(student.logOdds), twoClasses(teacher.logOdds)];
      return rowKL(softmaxOf(shift(n)), softmaxOf(shift(m)), sub(n, m), true);
    },
    studentGradient: () => mul(gap, student.slope),
    teacherGradient: () =>
      mul(mul(variance(teacher.logOdds), sub(teacher.logOdds, student.logOdds)), teacher.slope),
    studentGradientChange(uChange, vChange) {
      const oddsChange = mul<Tensor2D>(variance(student.logOdds), along(student.slope, uChange));
      const gapChange = vChange
        ? sub<Tensor2D>(oddsChange, mul(variance(teacher.logOdds), along(teacher.slope, vChange)))
        : oddsChange;
      // The slope e_y − p̂ itself moves by −J_p̂ u̇.
      const slopeChange = softmaxJacobian(student.others, uChange);
      return sub(mul(gapChange, student.slope), mul(gap, slopeChange));
    },
  };
};

/** The log-odds of the label `[batch, 1]`, their derivative e_y − p̂, and p̂. */
function oddsOf(logits: Tensor2D, labels: Tensor1D) {
  const classes = logits.shape[1];
  const label = labelRows(labels, classes);
  const shifted = onlyOthers(logits, labels);
  const { probabilities: others, logProbabilities } = softmaxOf(shifted);
  // log Σ_{k≠y} exp logits_k = logits_k − log p̂_k for any k ≠ y: taken where p̂ is largest, by averaging over p̂.
  const logTotal = sum(mul(others, sub(shifted, logProbabilities())), 1, true);
  const logOdds = sub<Tensor2D>(sum(mul(label, logits), 1, true), logTotal);
  return { logOdds, slope: sub<Tensor2D>(label, others), others };
}

const twoClasses = (logOdds: Tensor2D): Tensor2D => concat([logOdds, zerosLike(logOdds)], 1);

/** σ(m)(1 − σ(m)), without the loss of digits of 1 − σ. */
const variance = (logOdds: Tensor2D): Tensor2D => mul(sigmoid(logOdds), sigmoid(mul(logOdds, -1)));

const along = (slope: Tensor2D, logits: Tensor2D): Tensor2D => sum(mul(slope, logits), 1, true) as Tensor2D;
