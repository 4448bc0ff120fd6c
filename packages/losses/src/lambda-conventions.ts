import { checkOptions } from '@metadistill/options';

/**
 * The distillationFraction 1 − λ₁ of the paper's λ₁, which weighs the classification term: L = λ₁·CE + (1 − λ₁)·KD.
 *
 * `lambda1` of the authors' code and logs is another number of the same name: it weighs the distillation term,
 * L = lambda1·KD + (1 − lambda1)·CE, and is the distillationFraction as it stands. The exception is the function
 * `synthetic_base` of that code (no distillation, naive and random on the synthetic data), which follows the paper: convert
 * the numbers in its logs with this function.
 *
 * @see Gorpinich, Bakhteev, Strijov (2022), section 2, the loss of the student.
 */
export const fromPaperLambda = (lambda: number): number => 1 - lambda;

export interface FromConvexWeightsOptions {
  readonly classificationWeight: number;
  readonly distillationWeight: number;
}

/**
 * The distillationFraction of two weights that a code base keeps apart: L = classificationWeight·CE +
 * distillationWeight·KD with non-negative weights that sum to 1.
 *
 * @throws RangeError if they do not. Scaling both scales the learning rate with them: use `weightedSum` for weights
 * that are free.
 */
export function fromConvexWeights(options: FromConvexWeightsOptions): number {
  checkOptions('fromConvexWeights', options, { classificationWeight: true, distillationWeight: true });
  const { classificationWeight, distillationWeight } = options;
  const total = classificationWeight + distillationWeight;
  // Weights such as 0.1 and 0.9 are read from text, and rounded in binary.
  if (
    !(
      classificationWeight >= 0 &&
      distillationWeight >= 0 &&
      Number.isFinite(classificationWeight) &&
      Number.isFinite(distillationWeight) &&
      Math.abs(total - 1) < 1e-6
    )
  ) {
    throw new RangeError(
      `fromConvexWeights: the weights are ${classificationWeight} and ${distillationWeight}; expected two of at least 0 ` +
        'that sum to 1. Divide both by their sum, or use weightedSum.',
    );
  }
  return distillationWeight;
}
