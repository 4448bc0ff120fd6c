import { sub } from '@tensorflow/tfjs-core';
import { softmaxOf } from '../softmax/soften.js';
import { softmaxJacobian } from '../softmax/softmax-jacobian.js';
import { rowKL } from './row-kl.js';
import type { Divergence } from './types.js';

/**
 * KL(q ‖ p) = Σ q (log q − log p) of the student's p and the teacher's q: Hinton's and the paper's.
 *
 * ∂/∂u = p − q; ∂/∂v = J_q(log q − log p).
 */
export const forwardKL: Divergence = (u, v, _, precise) => {
  const student = softmaxOf(u);
  const teacher = softmaxOf(v);
  return {
    value: () => rowKL(teacher, student, sub(v, u), precise),
    studentGradient: () => sub(student.probabilities, teacher.probabilities),
    // log q − log p and v − u differ by a constant per row, which the Jacobian ignores.
    teacherGradient: () => softmaxJacobian(teacher.probabilities, sub(v, u)),
    studentGradientChange(uChange, vChange) {
      const change = softmaxJacobian(student.probabilities, uChange);
      return vChange ? sub(change, softmaxJacobian(teacher.probabilities, vChange)) : change;
    },
  };
};
