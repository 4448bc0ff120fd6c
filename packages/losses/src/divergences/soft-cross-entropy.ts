import { mul, neg, sum } from '@tensorflow/tfjs-core';
import { softmaxOf } from '../softmax/soften.js';
import { softmaxJacobian } from '../softmax/softmax-jacobian.js';
import { forwardKL } from './forward-kl.js';
import type { Divergence } from './types.js';

/**
 * −Σ q log p of the student's p and the teacher's q: the forward KL plus the teacher's entropy.
 *
 * Same derivatives by the student's logits, and so the same hypergradient; another derivative by the temperature.
 * ∂/∂v = −J_q(log p).
 */
export const softCrossEntropy: Divergence = (u, v, labels, precise) => {
  const student = softmaxOf(u);
  const teacher = softmaxOf(v);
  const { studentGradient, studentGradientChange } = forwardKL(u, v, labels, precise);
  return {
    value: () => neg(sum(mul(teacher.probabilities, student.logProbabilities()), 1, true)),
    studentGradient,
    teacherGradient: () => neg(softmaxJacobian(teacher.probabilities, u)),
    studentGradientChange,
  };
};
