import {
  abs,
  add,
  exp,
  less,
  log1p,
  mul,
  neg,
  sigmoid,
  softplus,
  square,
  sub,
  sum,
  type Tensor2D,
  tanh,
  where,
} from '@tensorflow/tfjs-core';
import { softmaxOf } from '../softmax/soften.js';
import { centre, softmaxJacobian, softmaxJacobianChange } from '../softmax/softmax-jacobian.js';
import type { Divergence } from './types.js';

/**
 * ½ KL(p ‖ m) + ½ KL(q ‖ m), m = (p + q)/2, of the student's p and the teacher's q: symmetric, at most log 2.
 *
 * With s = log p − log q: log p − log m = log 2 − softplus(−s), so ∂/∂u = −½ J_p softplus(−s) and
 * ∂/∂v = −½ J_q softplus(s).
 */
export const jensenShannon: Divergence = (u, v) => {
  const student = softmaxOf(u);
  const teacher = softmaxOf(v);
  const s = sub<Tensor2D>(student.logProbabilities(), teacher.logProbabilities());
  return {
    value: () => {
      const total = add<Tensor2D>(student.probabilities, teacher.probabilities);
      return mul(sum(mul(total, meanDivergence(s)), 1, true), 0.25);
    },
    studentGradient: () => mul(softmaxJacobian(student.probabilities, softplus(neg(s))), -0.5),
    teacherGradient: () => mul(softmaxJacobian(teacher.probabilities, softplus(s)), -0.5),
    studentGradientChange(uChange, vChange) {
      // log p moves along u̇ − E_p u̇, log q along v̇ − E_q v̇, and softplus(−s) by −σ(−s) of their difference.
      const logP = centre(student.probabilities, uChange);
      const sChange = vChange ? sub<Tensor2D>(logP, centre(teacher.probabilities, vChange)) : logP;
      const change = neg(mul(sigmoid(neg(s)), sChange)) as Tensor2D;
      return mul(softmaxJacobianChange(student.probabilities, uChange, softplus(neg(s)), change), -0.5);
    },
  };
};

/**
 * (1 + ρ) log(1 + ρ) + (1 − ρ) log(1 − ρ) with ρ = (p − q)/(p + q) = tanh(s/2): twice an entry's divergence over m.
 *
 * Equals ρs + log(1 − ρ²), accurate for small s, and 2 log 2 − 2 log(1 + e^{−|s|}) − 2|s|σ(−|s|), finite for large.
 */
function meanDivergence(s: Tensor2D): Tensor2D {
  const ratio = tanh(mul(s, 0.5));
  const small = add(mul(ratio, s), log1p(neg(square(ratio))));
  const size = abs(s);
  const tail = add(log1p(exp(neg(size))), mul(size, sigmoid(neg(size))));
  return where(less(size, 1), small, sub(2 * Math.LN2, mul(tail, 2))) as Tensor2D;
}
