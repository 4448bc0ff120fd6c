import { checkOptions } from '@metadistill/options';
import type { LogitLoss } from '../types.js';
import { linearCombination } from './linear-combination.js';

export interface ConvexCombinationOptions<A extends string = string, B extends string = string> {
  /** Weighted by 1 − f. */
  readonly classification: LogitLoss<A>;
  /** Weighted by f. */
  readonly distillation: LogitLoss<B>;
}

/**
 * (1 − f)·classification + f·distillation of any two losses, f the distillationFraction in [0, 1].
 *
 * Keeps the metaparameters of both; one that both name is shared. f outside [0, 1] is computed as written, since the
 * paper's unclipped predictions need it. ∂/∂f is distillation − classification, for values and gradients alike.
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws RangeError on use, if the fraction is not finite.
 */
export function convexCombination<A extends string, B extends string>(
  options: ConvexCombinationOptions<A, B>,
): LogitLoss<'distillationFraction' | A | B> {
  checkOptions('convexCombination', options, { classification: 'loss', distillation: 'loss' });
  const { classification, distillation } = options;
  return linearCombination(
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
}
