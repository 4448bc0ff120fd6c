import { add, mul, sub, sum, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { checkLogitsAndLabels, checkTeacherLogits, checkTemperature } from './check-inputs.js';
import { forwardKL } from './divergences/forward-kl.js';
import type { Divergence } from './divergences/types.js';
import { fusedDistillation, type Scaling } from './fused-kernels.js';
import { temperedSoftmax } from './tempered-softmax.js';
import type { LogitLoss, Targets } from './types.js';

const divergences = { forwardKL } as const satisfies Record<string, Divergence>;

/** Which way teacher and student are compared. */
export type DivergenceName = keyof typeof divergences;

export interface DistillationOptions {
  /** `forwardKL` is KL(teacher ‖ student), the field's usual one and the default. */
  readonly divergence?: DivergenceName;
  /** T to the power 0 (`none`, the paper's code) or 2 (`squared`, Hinton's) in front. No default: it matters. */
  readonly scaling: Scaling;
}

/**
 * Response distillation: (T^k/B) Σ_b D(softmax(z_b/T), softmax(t_b/T)), k = 0 or 2, averaged over the batch B.
 *
 * With u = z/T, v = t/T and d_u, d_v the divergence's derivatives by them:
 * ∂/∂z = (T^{k−1}/B) d_u; ∂/∂T = (T^{k−1}/B) [k D − Σ d_u u − Σ d_v v];
 * ∂²/∂z∂T = (T^{k−2}/B) [(k−1) d_u − ∂d_u/∂(u,v)·(u,v)].
 *
 * @throws TypeError, RangeError on use, where the teacher's logits are missing or of another shape, or T ≤ 0.
 * @see Hinton, Vinyals, Dean (2015), Distilling the knowledge in a neural network, section 2.
 */
export function distillation(options: DistillationOptions): LogitLoss<'temperature'> {
  const { divergence: divergenceName = 'forwardKL', scaling } = options;
  const divergence: Divergence = divergences[divergenceName];
  if (divergence === undefined) {
    throw new RangeError(
      `distillation: divergence is ${divergenceName}; expected one of ${Object.keys(divergences).join(', ')}.`,
    );
  }
  const power = powerOf(scaling);

  const soften = (studentLogits: Tensor2D, targets: Targets, temperature: number) => {
    checkTemperature('distillation', temperature);
    const teacherLogits = checkTeacherLogits('distillation', studentLogits, targets);
    return [
      temperedSoftmax(studentLogits, temperature),
      temperedSoftmax(teacherLogits, temperature),
    ] as const;
  };

  return {
    name: `distillation(${divergenceName}, scaling=${scaling})`,
    metaparameters: ['temperature'],
    valueAndGradient(studentLogits, targets, { temperature }) {
      checkTemperature('distillation', temperature);
      checkLogitsAndLabels('distillation', studentLogits, targets);
      const teacherLogits = checkTeacherLogits('distillation', studentLogits, targets);
      if (divergence === forwardKL) {
        const fused = fusedDistillation(
          { studentLogits, teacherLogits, labels: targets.labels },
          { distillationFraction: 1, temperature, scaling },
        );
        if (fused !== undefined) return fused;
      }
      return tidy(() => {
        const pair = soften(studentLogits, targets, temperature);
        const scale = temperature ** power / studentLogits.shape[0];
        return {
          value: mul(divergence.value(...pair), scale),
          gradient: mul(divergence.studentGradient(...pair), scale / temperature),
        };
      });
    },
    metaparameterGradient: (studentLogits, targets, { temperature }) =>
      tidy(() => {
        const pair = soften(studentLogits, targets, temperature);
        const [student, teacher] = pair;
        const byStudent = mul(divergence.studentGradient(...pair), student.shifted);
        const byTeacher = mul(divergence.teacherGradient(...pair), teacher.shifted);
        const radial = sum(add(byStudent, byTeacher));
        const inside = power === 0 ? mul(radial, -1) : sub(mul(divergence.value(...pair), power), radial);
        return { temperature: mul(inside, temperature ** (power - 1) / studentLogits.shape[0]) };
      }),
    mixedDerivatives: (studentLogits, targets, { temperature }) =>
      tidy(() => {
        const pair = soften(studentLogits, targets, temperature);
        const gradient = divergence.studentGradient(...pair);
        const signed = power === 0 ? gradient : mul(gradient, 1 - power);
        const inside = add(signed, divergence.radialDerivative(...pair));
        return { temperature: mul(inside, -(temperature ** (power - 2)) / studentLogits.shape[0]) };
      }),
  };
}

function powerOf(scaling: Scaling): 0 | 2 {
  if (scaling === 'none') return 0;
  if (scaling === 'squared') return 2;
  throw new RangeError(
    `distillation: scaling is ${scaling}; expected 'none' or 'squared'. Name the power of T in front of the loss.`,
  );
}
