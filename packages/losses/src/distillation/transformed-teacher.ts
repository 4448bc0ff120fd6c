import { checkOptions, describeValue } from '@metadistill/options';
import {
  add,
  exp,
  mul,
  type Rank,
  reshape,
  type Scalar,
  sub,
  sum,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import { averaged } from '../arrays/averaged.js';
import { checkFinite, checkLogitsAndLabels, checkTeacherLogits } from '../check-inputs.js';
import { rowKL } from '../divergences/row-kl.js';
import { shift, softmaxOf } from '../softmax/soften.js';
import { softmaxJacobian } from '../softmax/softmax-jacobian.js';
import type { LogitLoss, Targets } from '../types.js';

export interface TransformedTeacherOptions {
  /** False for TTM, true for WTTM. */
  readonly weighted: boolean;
}

/**
 * Transformed teacher matching: KL(q^(γ) ‖ p) with the teacher raised to a power, q^(γ) = softmax(γt), and the
 * student p = softmax(z) at temperature 1; no T². γ = `teacherPower` > 0 is one over the teacher's temperature.
 *
 * Weighted by sample (WTTM), each example counts U = Σ_k q_k^γ times: more where the teacher is unsure, for γ < 1.
 *
 * ∂/∂z = (U/B)(p − q^(γ)); ∂²/∂z∂γ = (1/B)[U'(p − q^(γ)) − U J_{q^(γ)} t], U' = Σ_k q_k^γ log q_k.
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws RangeError on use, if the power is not finite and above 0.
 * @see Zheng, Yang (2024), Knowledge distillation based on transformed teacher matching.
 */
export function transformedTeacher(options: TransformedTeacherOptions): LogitLoss<'teacherPower'> {
  checkOptions('transformedTeacher', options, { weighted: true });
  const { weighted } = options;

  const prepare = (studentLogits: Tensor2D, targets: Targets, power: number) => {
    checkFinite('transformedTeacher', 'teacherPower', power);
    if (power <= 0) {
      throw new RangeError(
        `transformedTeacher: teacherPower is ${describeValue(power)}; expected a number above 0, one over a temperature.`,
      );
    }
    checkLogitsAndLabels('transformedTeacher', studentLogits, targets);
    const t = shift(checkTeacherLogits('transformedTeacher', studentLogits, targets));
    const z = shift(studentLogits);
    const powered = mul<Tensor2D>(t, power);
    const student = softmaxOf(z);
    const teacher = softmaxOf(powered);
    const kl = () => rowKL(teacher, student, sub(powered, z), true);
    const gap = () => sub<Tensor2D>(student.probabilities, teacher.probabilities);
    /** U and U' `[batch, 1]`. */
    const weight = () => {
      const logProbabilities = softmaxOf(t).logProbabilities();
      const terms = exp(mul(logProbabilities, power));
      return {
        itself: sum(terms, 1, true) as Tensor2D,
        slope: sum(mul(terms, logProbabilities), 1, true) as Tensor2D,
      };
    };
    return { t, z, powered, student, teacher, kl, gap, weight, scale: 1 / studentLogits.shape[0] };
  };

  return {
    name: weighted ? 'transformedTeacher(weighted)' : 'transformedTeacher',
    metaparameters: ['teacherPower'],
    needsTeacher: true,
    valueAndGradient: (studentLogits, targets, { teacherPower }) =>
      tidy(() => {
        const { kl, gap, weight, scale } = prepare(studentLogits, targets, teacherPower);
        const factor = weighted ? mul<Tensor2D>(weight().itself, scale) : scale;
        return { value: sum<Scalar>(mul(kl(), factor)), gradient: mul<Tensor2D>(gap(), factor) };
      }),
    metaparameterGradient: (studentLogits, targets, { teacherPower }, exampleWeights) =>
      tidy(() => {
        const { t, z, powered, teacher, kl, weight } = prepare(studentLogits, targets, teacherPower);
        const average = (rows: Tensor2D) => averaged(reshape<Rank.R1>(rows, [-1]), exampleWeights);
        // ∂KL/∂(γt) = J_q(γt − z) by rows, as in the forward KL.
        const slope = sum<Tensor2D>(mul(softmaxJacobian(teacher.probabilities, sub(powered, z)), t), 1, true);
        if (!weighted) return { teacherPower: average(slope) };
        const { itself, slope: weightSlope } = weight();
        return { teacherPower: average(add(mul(itself, slope), mul(weightSlope, kl()))) };
      }),
    mixedDerivatives: (studentLogits, targets, { teacherPower }) =>
      tidy(() => {
        const { t, teacher, gap, weight, scale } = prepare(studentLogits, targets, teacherPower);
        const change = softmaxJacobian(teacher.probabilities, t);
        if (!weighted) return { teacherPower: mul<Tensor2D>(change, -scale) };
        const { itself, slope } = weight();
        return { teacherPower: mul<Tensor2D>(sub(mul(slope, gap()), mul(itself, change)), scale) };
      }),
    exampleLosses: (studentLogits, targets, { teacherPower }) =>
      tidy(() => {
        const { kl, weight } = prepare(studentLogits, targets, teacherPower);
        return reshape<Rank.R1>(weighted ? mul(kl(), weight().itself) : kl(), [-1]);
      }),
    hessianProduct: (studentLogits, targets, { teacherPower }, tangent) =>
      tidy(() => {
        const { student, weight, scale } = prepare(studentLogits, targets, teacherPower);
        const change = mul<Tensor2D>(softmaxJacobian(student.probabilities, tangent), scale);
        return weighted ? mul<Tensor2D>(change, weight().itself) : change;
      }),
  };
}
