import { mul, sum, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { LogitLoss, Metaparameters, Targets } from '../types.js';

/** ⟨∂²ℓ/∂z∂λ_j, ż⟩ for every metaparameter: by the loss's own rule, or else by inner products with its mixed derivatives. Made inside the caller's `tidy`. */
export const mixedProductOf = (
  loss: LogitLoss<string>,
  studentLogits: Tensor2D,
  targets: Targets,
  metaparameters: Metaparameters,
  tangent: Tensor2D,
): Readonly<Record<string, Tensor>> => {
  if (loss.mixedProduct) return loss.mixedProduct(studentLogits, targets, metaparameters, tangent);
  const derivatives = loss.mixedDerivatives(studentLogits, targets, metaparameters);
  return Object.fromEntries(
    Object.entries(derivatives).map(([name, derivative]) => [name, sum(mul(derivative, tangent))]),
  );
};
