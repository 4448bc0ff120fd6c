import { checkOptions } from '@metadistill/options';
import { weightedSum } from '../combine/weighted-sum.js';
import { betweenClasses, withinClasses } from '../divergences/correlation.js';
import { divergenceLoss } from '../divergences/divergence-loss.js';
import type { Scaling } from '../scaling/temperature-factor.js';
import type { LogitLoss } from '../types.js';

export interface DistOptions {
  /** T to the power 0 (`none`) or 2 (`squared`) in front of both terms. */
  readonly scaling: Scaling;
}

/**
 * DIST, "distillation from a stronger teacher", by correlations:
 * interClassWeight·T^k (1 − mean_b ρ(p_b, q_b)) + intraClassWeight·T^k (1 − mean_k ρ(p_{·k}, q_{·k})).
 *
 * ρ is Pearson's correlation of probabilities softened by T. The first term compares the classes of an example, the
 * second the examples of a batch, and needs three of them. The authors' classification code has scaling `squared`,
 * weights 1 and T = 1; the paper's pseudocode has no T².
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws TypeError, RangeError on use, if the teacher's logits are missing or of another shape, or T ≤ 0.
 * @see Huang, You, Wang, Qian, Xu (2022), Knowledge distillation from a stronger teacher, equations 8 to 10.
 */
export function dist(
  options: DistOptions,
): LogitLoss<'temperature' | 'interClassWeight' | 'intraClassWeight'> {
  checkOptions('dist', options, { scaling: true });
  const { scaling } = options;
  // Compares the examples with one another: none has a loss of its own.
  const { exampleLosses: _, ...intraClass } = divergenceLoss('dist', 'intraClass', withinClasses, scaling);
  return weightedSum({
    name: `dist(scaling=${scaling})`,
    terms: [
      { loss: divergenceLoss('dist', 'interClass', betweenClasses, scaling), weight: 'interClassWeight' },
      { loss: intraClass, weight: 'intraClassWeight' },
    ],
  });
}
