import { checkOptions } from '@metadistill/options';
import { type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { checkFinite, checkLogitsAndLabels, checkTeacherLogits, checkTemperature } from '../check-inputs.js';
import { crossEntropy } from '../classification/cross-entropy.js';
import { convexCombination } from '../combine/convex-combination.js';
import { temperatureFactorOf } from '../scaling/temperature-factor.js';
import { fusedDistillation, fusedDistillationDerivatives } from '../softmax/fused-kernels.js';
import type { LogitLoss, Metaparameters, MixMetaparameter, Targets } from '../types.js';
import { type DistillationOptions, distillationFor } from './distillation.js';

/** The divergence and the factor in front of it, as for `distillation`. */
export type ConvexMixOptions = DistillationOptions;

/**
 * The paper's training loss: (1 − f)·CE(z, y) + f·c(T)·KL(softmax(t/T) ‖ softmax(z/T)), averaged over the batch.
 *
 * f is the distillationFraction in [0, 1], T the temperature above 0. The cross-entropy is at temperature 1. The factor
 * c decides how long steps along the teacher's term are:
 *
 * - `none`, c = 1, as in the paper: they shorten as 1/T², so that T is a learning rate, too.
 * - `squared`, c = T²: from some T on they do not depend on T, but grow with the spread of the teacher's logits.
 * - `matchedScaling({ teacherLogits })`: they are as long as those along the labels while the student knows nothing, whatever T
 *   and teacher. This is the scaling that makes the learning rates of labels and teacher comparable.
 *
 * Each function runs as one kernel if the backend has
 * `MetadistillDistillationGradient` and `MetadistillDistillationDerivatives`.
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws TypeError, RangeError on use, if shapes differ, the fraction is not finite or the temperature not above 0.
 * @see Gorpinich, Bakhteev, Strijov (2022), section 2; `fromPaperLambda` converts its λ₁.
 */
export function convexMix(options: ConvexMixOptions): LogitLoss<MixMetaparameter> {
  checkOptions('convexMix', options, { divergence: true, scaling: true });
  const { divergence = 'forwardKL', scaling } = options;
  const { name, factor, slope } = temperatureFactorOf('convexMix', scaling);
  const composed = convexCombination({
    classification: crossEntropy(),
    distillation: distillationFor('convexMix', options),
  });

  /** Checked arguments of the fused kernels, made inside a `tidy`; undefined if the divergence has none. */
  function fusedArguments(
    studentLogits: Tensor2D,
    targets: Targets,
    metaparameters: Metaparameters<MixMetaparameter>,
  ) {
    const { distillationFraction, temperature } = metaparameters;
    checkFinite('convexMix', 'distillationFraction', distillationFraction);
    checkTemperature('convexMix', temperature);
    checkLogitsAndLabels('convexMix', studentLogits, targets);
    const teacherLogits = checkTeacherLogits('convexMix', studentLogits, targets);
    if (divergence !== 'forwardKL') return undefined;
    return [
      { studentLogits, teacherLogits, labels: targets.labels },
      {
        distillationFraction,
        temperature,
        factor: factor(temperature),
        factorSlope: slope(temperature),
      },
    ] as const;
  }

  return {
    ...composed,
    name: `convexMix(${divergence}, scaling=${name})`,
    valueAndGradient: (studentLogits, targets, metaparameters) =>
      tidy(() => {
        const fused = fusedArguments(studentLogits, targets, metaparameters);
        return (
          (fused && fusedDistillation(...fused)) ??
          composed.valueAndGradient(studentLogits, targets, metaparameters)
        );
      }),
    metaparameterGradient: (studentLogits, targets, metaparameters, exampleWeights) =>
      tidy(() => {
        const fused = fusedArguments(studentLogits, targets, metaparameters);
        const derivatives = fused && !exampleWeights ? fusedDistillationDerivatives(...fused) : undefined;
        return (
          derivatives?.slopes ??
          composed.metaparameterGradient(studentLogits, targets, metaparameters, exampleWeights)
        );
      }),
    mixedDerivatives: (studentLogits, targets, metaparameters) =>
      tidy(() => {
        const fused = fusedArguments(studentLogits, targets, metaparameters);
        const derivatives = fused && fusedDistillationDerivatives(...fused);
        return derivatives?.mixed ?? composed.mixedDerivatives(studentLogits, targets, metaparameters);
      }),
  };
}
