import type { Tensors } from '@metadistill/models';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';

/** @throws RangeError if what a user's function gives does not have the shapes of the parameters. */
export function checkLikeParameters(from: string, gradient: Tensors, parameters: Tensors): void {
  if (gradient.length !== parameters.length) {
    throw new RangeError(
      `functionProblem: ${from} gives ${gradient.length} tensors; expected ${parameters.length}, one per parameter. ` +
        'Give zeros for a parameter that it does not depend on.',
    );
  }
  for (const [i, { shape }] of parameters.entries()) {
    const got = (gradient[i] as Tensor).shape;
    if (got.join() !== shape.join()) {
      throw new RangeError(
        `functionProblem: ${from} gives a tensor of shape [${got}] for parameter ${i}; expected [${shape}]. ` +
          'Keep the order of the parameters.',
      );
    }
  }
}

/** The tensor. @throws RangeError if it does not have one number per metaparameter and per entry of an array. */
export function checkMetaparameterGradient(from: string, gradient: Tensor1D, expected: number): Tensor1D {
  if (gradient.shape.join() === `${expected}`) return gradient;
  throw new RangeError(
    `functionProblem: ${from} gives ∂/∂λ of shape [${gradient.shape}]; expected [${expected}], one number per metaparameter and per entry of an array. ` +
      'Keep the order of the metaparameters.',
  );
}
