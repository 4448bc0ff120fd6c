import { checkFinite, checkLogitsAndLabels, checkTeacherLogits, checkTemperature } from './check-inputs.js';
import { convexCombination } from './convex-combination.js';
import { crossEntropy } from './cross-entropy.js';
import { type DistillationOptions, distillation } from './distillation.js';
import { fusedDistillation } from './fused-kernels.js';
import type { LogitLoss } from './types.js';

/**
 * The paper's training loss: (1 − f)·CE(z, y) + f·T^k·KL(softmax(t/T) ‖ softmax(z/T)), averaged over the batch.
 *
 * f is the distillationFraction in [0, 1], T the temperature above 0; k = 0 for scaling `none`, 2 for `squared`.
 * The cross-entropy is at temperature 1. Value and gradient run as one kernel where the backend has
 * `MetadistillDistillationGradient`.
 *
 * @throws TypeError, RangeError on use, where shapes differ, the fraction is not finite or the temperature not above 0.
 * @see Gorpinich, Bakhteev, Strijov (2022), section 2; `fromPaperLambda` converts its λ₁.
 */
export function convexMix(options: DistillationOptions): LogitLoss<'distillationFraction' | 'temperature'> {
  const { divergence = 'forwardKL', scaling } = options;
  const composed = convexCombination(crossEntropy(), distillation(options));
  return {
    ...composed,
    name: `convexMix(${divergence}, scaling=${scaling})`,
    valueAndGradient(studentLogits, targets, metaparameters) {
      const { distillationFraction, temperature } = metaparameters;
      checkFinite('convexMix', 'distillationFraction', distillationFraction);
      checkTemperature('convexMix', temperature);
      checkLogitsAndLabels('convexMix', studentLogits, targets);
      const teacherLogits = checkTeacherLogits('convexMix', studentLogits, targets);
      if (divergence === 'forwardKL') {
        const fused = fusedDistillation(
          { studentLogits, teacherLogits, labels: targets.labels },
          { distillationFraction, temperature, scaling },
        );
        if (fused !== undefined) return fused;
      }
      return composed.valueAndGradient(studentLogits, targets, metaparameters);
    },
  };
}
