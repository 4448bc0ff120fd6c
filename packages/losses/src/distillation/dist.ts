import { weightedSum } from '../combine/weighted-sum.js';
import { betweenClasses, withinClasses } from '../divergences/correlation.js';
import { divergenceLoss } from '../divergences/divergence-loss.js';
import type { Scaling } from '../softmax/fused-kernels.js';
import type { LogitLoss } from '../types.js';

/**
 * DIST: interClassWeight·T^k (1 − mean_b ρ(p_b, q_b)) + intraClassWeight·T^k (1 − mean_k ρ(p_{·k}, q_{·k})).
 *
 * ρ is Pearson's correlation of probabilities softened by T. The first term compares the classes of an example, the
 * second the examples of a batch, and needs three of them. The authors' classification code has scaling `squared`,
 * weights 1 and T = 1; the paper's pseudocode has no T².
 *
 * @param options.scaling k = 0 (`none`) or 2 (`squared`).
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws TypeError, RangeError on use, where the teacher's logits are missing or of another shape, or T ≤ 0.
 * @see Huang, You, Wang, Qian, Xu (2022), Knowledge distillation from a stronger teacher, equations 8 to 10.
 */
export function dist(options: {
  readonly scaling: Scaling;
}): LogitLoss<'temperature' | 'interClassWeight' | 'intraClassWeight'> {
  const { scaling } = options;
  return weightedSum(`dist(scaling=${scaling})`, [
    { loss: divergenceLoss('dist', 'interClass', betweenClasses, scaling), weight: 'interClassWeight' },
    { loss: divergenceLoss('dist', 'intraClass', withinClasses, scaling), weight: 'intraClassWeight' },
  ]);
}
