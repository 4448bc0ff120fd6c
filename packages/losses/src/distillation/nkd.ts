import { checkNoOptions } from '@metadistill/options';
import { mul, neg, type Scalar, sub, sum, type Tensor1D, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { checkLogitsAndLabels, checkTeacherLogits } from '../check-inputs.js';
import { weightedSum } from '../combine/weighted-sum.js';
import { divergenceLoss } from '../divergences/divergence-loss.js';
import { softCrossEntropy } from '../divergences/soft-cross-entropy.js';
import { labelRows, shift, softenOthers, softmaxOf } from '../softmax/soften.js';
import { softmaxJacobian } from '../softmax/softmax-jacobian.js';
import type { LogitLoss } from '../types.js';

/**
 * Normalised distillation: −(1/B) Σ q_y log p_y at temperature 1, the teacher's q_y a constant weight, plus
 * nonTargetWeight·T²·(−Σ q̂ log p̂) over the classes that are not the label, at temperature T.
 *
 * A cross-entropy, not a divergence: not zero when student and teacher agree. Published with nonTargetWeight 1.5,
 * T = 1, beside a cross-entropy of weight 1.
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws TypeError, RangeError on use, if the teacher's logits are missing or of another shape, or T ≤ 0.
 * @see Yang, Zeng, Li, Zhang, Yuan, Li (2023), From knowledge distillation to self-knowledge distillation.
 */
export function nkd(...none: []): LogitLoss<'temperature' | 'nonTargetWeight'> {
  checkNoOptions('nkd', none);
  return weightedSum({
    name: 'nkd',
    terms: [
      { loss: targetCrossEntropy, weight: 1 },
      {
        loss: divergenceLoss('nkd', 'nonTarget', softCrossEntropy, 'squared', softenOthers),
        weight: 'nonTargetWeight',
      },
    ],
  });
}

/** −(1/B) Σ_b q_y log p_y, and (q_y/B)(p − e_y) by the student's logits. */
const targetCrossEntropy: LogitLoss = {
  name: 'targetCrossEntropy',
  metaparameters: [],
  needsTeacher: true,
  valueAndGradient: (studentLogits, targets) =>
    tidy(() => {
      checkLogitsAndLabels('nkd', studentLogits, targets);
      const teacherLogits = checkTeacherLogits('nkd', studentLogits, targets);
      const [batch, classes] = studentLogits.shape;
      const label = labelRows(targets.labels, classes, 1 / batch);
      const student = softmaxOf(shift(studentLogits));
      const teacher = softmaxOf(shift(teacherLogits));
      const weighted = mul<Tensor2D>(label, teacher.probabilities);
      const weight = sum(weighted, 1, true);
      return {
        value: neg(sum<Scalar>(mul(weighted, student.logProbabilities()))),
        gradient: sub<Tensor2D>(mul(weight, student.probabilities), weighted),
      };
    }),
  metaparameterGradient: () => ({}),
  mixedDerivatives: () => ({}),
  exampleLosses: (studentLogits, targets) =>
    tidy(() => {
      checkLogitsAndLabels('nkd', studentLogits, targets);
      const teacher = softmaxOf(shift(checkTeacherLogits('nkd', studentLogits, targets)));
      const weighted = mul(labelRows(targets.labels, studentLogits.shape[1]), teacher.probabilities);
      return neg(sum<Tensor1D>(mul(weighted, softmaxOf(shift(studentLogits)).logProbabilities()), 1));
    }),
  hessianProduct: (studentLogits, targets, _metaparameters, tangent) =>
    tidy(() => {
      const [batch, classes] = studentLogits.shape;
      const label = labelRows(targets.labels, classes, 1 / batch);
      const student = softmaxOf(shift(studentLogits));
      const teacher = softmaxOf(shift(checkTeacherLogits('nkd', studentLogits, targets)));
      const weight = sum(mul(label, teacher.probabilities), 1, true);
      return mul<Tensor2D>(softmaxJacobian(student.probabilities, tangent), weight);
    }),
};
