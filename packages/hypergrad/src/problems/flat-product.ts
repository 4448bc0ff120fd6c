import type { LogitLoss, Metaparameters, Targets } from '@metadistill/losses';
import { dotTensors } from '@metadistill/models';
import { concat1d, reshape, stack, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';

/** What a loss gives for each metaparameter as one tensor `[entries]`. Made inside the caller's `tidy`. */
export function flatTensors<Name extends string>(
  names: readonly Name[],
  values: Readonly<Record<Name, Tensor>>,
): Tensor1D {
  const inOrder = names.map((name) => values[name]);
  return inOrder.every(({ rank }) => rank === 0)
    ? (stack(inOrder) as Tensor1D)
    : concat1d(inOrder.map((value) => reshape(value, [-1]) as Tensor1D));
}

/** ⟨∂²ℓ/∂z∂λ_j, ż⟩ for all entries, `[entries]`. Made inside the caller's `tidy`. */
export function flatProduct<Name extends string>(
  loss: LogitLoss<Name>,
  logits: Tensor2D,
  targets: Targets,
  metaparameters: Metaparameters<Name>,
  tangent: Tensor2D,
): Tensor1D {
  if (loss.mixedProduct) {
    return flatTensors(loss.metaparameters, loss.mixedProduct(logits, targets, metaparameters, tangent));
  }
  const derivatives: Readonly<Record<string, Tensor>> = loss.mixedDerivatives(
    logits,
    targets,
    metaparameters,
  );
  const products = loss.metaparameters.map((name) => dotTensors([tangent], [derivatives[name] as Tensor]));
  return stack(products) as Tensor1D;
}
