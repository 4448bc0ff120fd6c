import { dotTensors, type Tensors } from '@metadistill/models';
import { stack, type Tensor1D } from '@tensorflow/tfjs-core';
import { operationCosts } from '../cost.js';
import type { BilevelProblem, Cost, InnerPoint, TrainingPoint } from '../types.js';
import { refuseArrays } from './refuse-arrays.js';

/** How products with ∂²L/∂w∂λ are made: one forward-mode pass, one backward pass per metaparameter, or what there is. */
export type Via = 'jvp' | 'vjp' | 'auto';

/**
 * [⟨u, ∂²L/∂w∂λ_j⟩]_j, `[entries]`, and the passes that it took.
 *
 * @throws Error if `jvp` is asked of a problem that has no forward-mode rule; RangeError if the problem has an array and
 *   no such rule.
 */
export function mixedProduct<Name extends string, TrainingBatch, ValidationBatch>(
  problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
  training: TrainingPoint<Name>,
  { metaparameters }: InnerPoint<Name>,
  direction: Tensors,
  via: Via = 'auto',
): { readonly product: Tensor1D; readonly cost: Cost } {
  const costs = operationCosts(problem);
  if (via !== 'vjp' && training.mixedProduct) {
    return { product: training.mixedProduct(metaparameters, direction), cost: costs.mixedProduct };
  }
  if (via === 'jvp') {
    throw new Error(
      'mixed: via is jvp; expected vjp or auto, as the problem has no mixedProduct. ' +
        "Use mixed({ via: 'auto' }), or give the problem a forward-mode rule.",
    );
  }
  refuseArrays(
    'mixedProduct',
    problem.metaparameters,
    'It has no forward-mode rule that takes all numbers at once: use finiteDifference, or give it mixedProduct.',
  );
  const products = training
    .mixedDerivatives(metaparameters)
    .map((derivative) => dotTensors(derivative, direction));
  return { product: stack(products) as Tensor1D, cost: costs.mixedDerivatives };
}
