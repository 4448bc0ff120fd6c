import { checkOptions, describeValue } from '@metadistill/options';
import { tidy } from '@tensorflow/tfjs-core';
import { checkLogitsAndLabels, checkTeacherLogits, checkTemperature } from '../check-inputs.js';
import { divergenceLoss } from '../divergences/divergence-loss.js';
import { forwardKL } from '../divergences/forward-kl.js';
import { jensenShannon } from '../divergences/jensen-shannon.js';
import { reverseKL } from '../divergences/reverse-kl.js';
import { softCrossEntropy } from '../divergences/soft-cross-entropy.js';
import type { Divergence } from '../divergences/types.js';
import { type Scaling, type TemperatureFactor, temperatureFactorOf } from '../scaling/temperature-factor.js';
import { fusedDistillation } from '../softmax/fused-kernels.js';
import type { LogitLoss } from '../types.js';

const divergences = { forwardKL, reverseKL, softCrossEntropy, jensenShannon } as const;

/** Which way teacher and student are compared. */
export type DivergenceName = keyof typeof divergences;

export interface DistillationOptions {
  /** `forwardKL` is KL(teacher ‖ student), the field's usual one and the default. */
  readonly divergence?: DivergenceName;
  /**
   * The factor in front: 1 (`none`, the paper's code), T² (`squared`, Hinton's) or a value such as `matchedScaling` makes,
   * with which learning rates that suit the labels suit the teacher. No default: it changes the optimum.
   */
  readonly scaling: Scaling | TemperatureFactor;
}

/**
 * Response distillation: (c(T)/B) Σ_b D(softmax(z_b/T), softmax(t_b/T)), averaged over the batch B; c = 1, T² or another
 * factor, by `scaling`.
 *
 * z are the student's logits, t the teacher's, both `[batch, classes]`, T the temperature above 0. Computed in
 * log-space; holds for T from 0.05 to 1e4 and logits to ±1e4. As T grows, T²·KL tends to half the mean squared
 * difference of the centred logits. A class that the teacher masks, with a logit of −Infinity or below −1e32, has probability 0
 * at any T, as in PyTorch. Value and gradient of the forward KL run as one kernel if the backend has it.
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws TypeError, RangeError on use, if the teacher's logits are missing or of another shape, or T ≤ 0.
 * @see Hinton, Vinyals, Dean (2015), Distilling the knowledge in a neural network, section 2.
 */
export function distillation(options: DistillationOptions): LogitLoss<'temperature'> {
  return distillationFor('distillation', options);
}

/** `distillation` for a function that errors name in its place. */
export function distillationFor(caller: string, options: DistillationOptions): LogitLoss<'temperature'> {
  checkOptions(caller, options, { divergence: true, scaling: true });
  const { divergence = 'forwardKL', scaling } = options;
  const { name, factor, slope } = temperatureFactorOf(caller, scaling);
  const composed = divergenceLoss(
    caller,
    `distillation(${divergence}, scaling=${name})`,
    divergenceNamed(caller, divergence),
    scaling,
  );
  if (divergence !== 'forwardKL') return composed;
  return {
    ...composed,
    valueAndGradient: (studentLogits, targets, { temperature }) =>
      tidy(() => {
        checkTemperature(caller, temperature);
        checkLogitsAndLabels(caller, studentLogits, targets);
        const teacherLogits = checkTeacherLogits(caller, studentLogits, targets);
        return (
          fusedDistillation(
            { studentLogits, teacherLogits, labels: targets.labels },
            {
              distillationFraction: 1,
              temperature,
              factor: factor(temperature),
              factorSlope: slope(temperature),
            },
          ) ?? composed.valueAndGradient(studentLogits, targets, { temperature })
        );
      }),
  };
}

/** @throws RangeError if there is no divergence of that name. */
export function divergenceNamed(caller: string, name: DivergenceName): Divergence {
  if (!Object.hasOwn(divergences, name)) {
    throw new RangeError(
      `${caller}: divergence is ${describeValue(name)}; expected one of ${Object.keys(divergences).join(', ')}.`,
    );
  }
  return divergences[name];
}
