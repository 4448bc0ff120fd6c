import { checkOptions } from '@metadistill/options';
import { weightedSum } from '../combine/weighted-sum.js';
import { divergenceLoss } from '../divergences/divergence-loss.js';
import { forwardKL } from '../divergences/forward-kl.js';
import { targetClass } from '../divergences/target-class.js';
import type { Scaling } from '../scaling/temperature-factor.js';
import { softenAgainstOthers, softenOthers } from '../softmax/soften.js';
import type { LogitLoss } from '../types.js';

export interface DkdOptions {
  /** T to the power 0 (`none`) or 2 (`squared`) in front of both terms. */
  readonly scaling: Scaling;
}

/**
 * Decoupled distillation: targetWeight·TCKD + nonTargetWeight·NCKD at temperature T, averaged over the batch.
 *
 * TCKD is KL([q_y, 1 − q_y] ‖ [p_y, 1 − p_y]) of the label against the rest, NCKD the KL over the classes that are
 * not the label; KD = TCKD + (1 − q_y)·NCKD. Published with weights 1 and 8, T = 4, scaling `squared`, a
 * cross-entropy of weight 1 beside it and the weight warmed up over 20 epochs.
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws TypeError, RangeError on use, if the teacher's logits are missing or of another shape, or T ≤ 0.
 * @see Zhao, Cui, Song, Qiu, Liang (2022), Decoupled knowledge distillation, equations 5 to 8.
 */
export function dkd(options: DkdOptions): LogitLoss<'temperature' | 'targetWeight' | 'nonTargetWeight'> {
  checkOptions('dkd', options, { scaling: true });
  const { scaling } = options;
  return weightedSum({
    name: `dkd(scaling=${scaling})`,
    terms: [
      {
        loss: divergenceLoss('dkd', 'targetClass', targetClass, scaling, softenAgainstOthers),
        weight: 'targetWeight',
      },
      {
        loss: divergenceLoss('dkd', 'nonTarget', forwardKL, scaling, softenOthers),
        weight: 'nonTargetWeight',
      },
    ],
  });
}
