import { mul, sub, type Tensor2D, zerosLike } from '@tensorflow/tfjs-core';
import { softmaxOf } from '../softmax/soften.js';
import { softmaxJacobian, softmaxJacobianChange } from '../softmax/softmax-jacobian.js';
import { pearson } from './pearson.js';
import type { Divergence } from './types.js';

/**
 * 1 − ρ(p_b, q_b) of each example's probabilities: the relation between classes that DIST matches.
 *
 * ∂/∂u = −J_p ∂ρ/∂p.
 */
export const betweenClasses: Divergence = correlationAlong(1, () => 1);

/**
 * B (1 − the mean over classes k of ρ(p_{·k}, q_{·k})): the relation between the examples of a batch of B.
 *
 * Needs three examples or more: the correlation of two points is 1 or −1 whatever they are.
 */
export const withinClasses: Divergence = correlationAlong(0, ([batch, classes]) => batch / classes);

function correlationAlong(
  axis: 0 | 1,
  weightOf: (shape: readonly [batch: number, classes: number]) => number,
): Divergence {
  return (u, v) => {
    const student = softmaxOf(u).probabilities;
    const teacher = softmaxOf(v).probabilities;
    const weight = weightOf(u.shape);
    return {
      value: () => mul(sub(1, pearson(student, teacher, axis).correlation), weight),
      studentGradient: () => mul(softmaxJacobian(student, pearson(student, teacher, axis).gradient), -weight),
      teacherGradient: () => mul(softmaxJacobian(teacher, pearson(teacher, student, axis).gradient), -weight),
      studentGradientChange(uChange, vChange) {
        const { gradient, gradientChange } = pearson(student, teacher, axis);
        const teacherChange = vChange ? softmaxJacobian(teacher, vChange) : zerosLike(teacher);
        const change = gradientChange(softmaxJacobian(student, uChange), teacherChange);
        return mul(softmaxJacobianChange(student, uChange, gradient, change), -weight) as Tensor2D;
      },
    };
  };
}
