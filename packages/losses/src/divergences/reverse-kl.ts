import {
  add,
  fill,
  less,
  logicalAnd,
  sub,
  sum,
  type Tensor2D,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { MASKED } from '../softmax/masked.js';
import { softmaxOf } from '../softmax/soften.js';
import { softmaxJacobian, softmaxJacobianChange } from '../softmax/softmax-jacobian.js';
import { rowKL } from './row-kl.js';
import type { Divergence } from './types.js';

/**
 * KL(p ‖ q) = Σ p (log p − log q) of the student's p and the teacher's q: seeks one mode of the teacher's.
 *
 * ∂/∂u = J_p(u − v); ∂/∂v = q − p. Infinite, as in PyTorch, if the teacher masks a class that the student does not.
 */
export const reverseKL: Divergence = (u, v, _, precise) => {
  const student = softmaxOf(u);
  const teacher = softmaxOf(v);
  return {
    value: () => add(rowKL(student, teacher, sub(u, v), precise), infinityOf(student.probabilities, v)),
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

/** Infinity for rows with a class that the teacher masks and the student does not, 0 for all others. */
function infinityOf(p: Tensor2D, v: Tensor2D): Tensor2D {
  const isForbidden = logicalAnd(less(v, BELOW_ANY), less(0, p));
  return sum(where(isForbidden, fill(v.shape, Number.POSITIVE_INFINITY), zerosLike(v)), 1, true) as Tensor2D;
}

/** A masked logit over any temperature up to 1e5 is below, and no other. */
const BELOW_ANY = MASKED / 1e5;
