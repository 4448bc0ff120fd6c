import type { Metaparameters } from '@metadistill/losses';
import { scoped, type Tensors } from '@metadistill/models';
import { checkPart } from '@metadistill/options';
import { type Scalar, valueAndGrads } from '@tensorflow/tfjs-core';
import type { ProblemFunction } from './function-problem.js';

/**
 * A loss of explicit parameters with its gradient, by TensorFlow.js' own first derivatives: what `functionProblem` takes.
 *
 *     functionProblem({ training: withGradients(([w], { weightDecay }, { x, y }) => ...), ... })
 *
 * Gradients have to be registered, as importing `@tensorflow/tfjs-layers` or `@tensorflow/tfjs` does. The derivatives of
 * a gradient that methods ask for never go through TensorFlow.js.
 *
 * @throws Error on use, if the loss does not depend on a parameter, or an operation has no gradient.
 */
export function withGradients<Name extends string, Batch>(
  loss: (parameters: Tensors, metaparameters: Metaparameters<Name>, batch: Batch) => Scalar,
): ProblemFunction<Name, Batch, { readonly value: Scalar; readonly gradient: Tensors }> {
  checkPart('withGradients', 'loss', loss, 'function');
  return (parameters, metaparameters, batch) =>
    scoped(() => {
      const ofParameters = valueAndGrads((...at) => loss(at, metaparameters, batch));
      const { value, grads } = ofParameters([...parameters]);
      return { value: value as Scalar, gradient: grads };
    });
}
