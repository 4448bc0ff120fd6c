import type { LogitLoss } from '../types.js';
import { combine } from './combine.js';

/**
 * (1 − f)·classification + f·distillation of any two losses, f the distillationFraction in [0, 1].
 *
 * Keeps the metaparameters of both; one that both name is shared. f outside [0, 1] is computed as written, since the
 * paper's unclipped predictions need it. ∂/∂f is distillation − classification, for values and gradients alike.
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws RangeError on use, where the fraction is not finite.
 */
export const convexCombination = <A extends string, B extends string>(
  classification: LogitLoss<A>,
  distillation: LogitLoss<B>,
): LogitLoss<'distillationFraction' | A | B> =>
  combine(
    'convexCombination',
    `convexCombination(${classification.name}, ${distillation.name})`,
    ['distillationFraction'],
    [
      {
        loss: classification,
        coefficient: ({ distillationFraction }) => 1 - (distillationFraction as number),
        slopes: { distillationFraction: -1 },
      },
      {
        loss: distillation,
        coefficient: ({ distillationFraction }) => distillationFraction as number,
        slopes: { distillationFraction: 1 },
      },
    ],
  ) as LogitLoss<'distillationFraction' | A | B>;
