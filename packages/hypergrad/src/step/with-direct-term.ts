import { add, type Tensor1D } from '@tensorflow/tfjs-core';

/** The derivative through the weights plus ∂V/∂λ, if the validation loss has such a term. */
export const withDirectTerm = (
  throughWeights: Tensor1D,
  validation: { readonly metaparameterGradient?: Tensor1D },
): Tensor1D =>
  validation.metaparameterGradient ? add(throughWeights, validation.metaparameterGradient) : throughWeights;
