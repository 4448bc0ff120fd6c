import { checkPart } from '@metadistill/options';
import { refuseUntrainable } from '@metadistill/trainable';
import type { Tensor } from '@tensorflow/tfjs-core';

type Shape = readonly (number | null)[];

/** What `checkTraining` uses of a layer. */
export interface TrainableLayer {
  readonly name: string;
  readonly inboundNodes: readonly { readonly inputShapes: readonly Shape[] | Shape }[];
  readonly trainableWeights: readonly { read(): Tensor }[];
  readonly nonTrainableWeights: readonly { read(): Tensor }[];
  getClassName(): string;
  apply(inputs: never, options?: { readonly training: boolean }): unknown;
}

/** What `checkTraining` uses of a `tf.LayersModel`; every model of `@tensorflow/tfjs-layers` fits. */
export interface TrainableModel extends TrainableLayer {
  readonly layers: readonly TrainableLayer[];
  readonly inputs: readonly { readonly shape: Shape }[];
}

/**
 * Checks that a model trains on the current backend, before you start: one forward and backward pass over one example of
 * zeros, which costs less than a step. `fit` would fail in the middle of its first step, with the name of a kernel.
 *
 * The model is as before afterwards, statistics of batch norm included. Sizes that it leaves open, other than the batch, are 8
 * in that example, or 32 if it does not train so.
 *
 * @example
 * model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
 * checkTraining(model);
 *
 * @throws TypeError if it is no `tf.LayersModel`.
 * @throws RangeError if the model has nothing to train.
 * @throws Error that names the first layer that does not train here, in a nested model too, and why.
 */
export function checkTraining(model: TrainableModel): void {
  checkPart('checkTraining', 'model', model, 'layersModel');
  if (model.trainableWeights.length === 0) {
    throw new RangeError(
      `checkTraining: ${model.name} has 0 trainable weights; expected at least one. Set trainable = true.`,
    );
  }
  refuseUntrainable('checkTraining', model);
}
