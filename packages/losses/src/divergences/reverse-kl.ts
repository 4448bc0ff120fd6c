import { sub } from '@tensorflow/tfjs-core';
import { softmaxOf } from '../softmax/soften.js';
import { softmaxJacobian, softmaxJacobianChange } from '../softmax/softmax-jacobian.js';
import { rowKL } from './row-kl.js';
import type { Divergence } from './types.js';

/**
 * KL(p ‖ q) = Σ p (log p − log q) of the student's p and the teacher's q: seeks one mode of the teacher's.
 *
 * ∂/∂u = J_p(u − v); ∂/∂v = q − p.
 */
export const reverseKL: Divergence = (u, v, _, precise) => {
  const student = softmaxOf(u);
  const teacher = softmaxOf(v);
  return {
    value: () => rowKL(student, teacher, sub(u, v), precise),
    studentGradient: () => softmaxJacobian(student.probabilities, sub(u, v)),
    teacherGradient: () => sub(teacher.probabilities, student.probabilities),
    studentGradientChange: (uChange, vChange) =>
      softmaxJacobianChange(
        student.probabilities,
        uChange,
        sub(u, v),
        vChange ? sub(uChange, vChange) : uChange,
      ),
  };
};
