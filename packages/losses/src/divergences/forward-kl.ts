import { mul, sub, sum } from '@tensorflow/tfjs-core';
import { softmaxJacobian } from './centre.js';
import type { Divergence } from './types.js';

/**
 * KL(q ‖ p) = Σ q (log q − log p), the teacher q as the target: Hinton's and the paper's.
 *
 * ∂/∂u = p − q; ∂/∂v = q ⊙ (r − E_q r) with r = log q − log p.
 */
export const forwardKL: Divergence = {
  value: (student, teacher) =>
    sum(mul(teacher.probabilities, sub(teacher.logProbabilities, student.logProbabilities))),
  studentGradient: (student, teacher) => sub(student.probabilities, teacher.probabilities),
  teacherGradient: (student, teacher) =>
    softmaxJacobian(teacher.probabilities, sub(teacher.logProbabilities, student.logProbabilities)),
  radialDerivative: (student, teacher) =>
    sub(
      softmaxJacobian(student.probabilities, student.shifted),
      softmaxJacobian(teacher.probabilities, teacher.shifted),
    ),
};
