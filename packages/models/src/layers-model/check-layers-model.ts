import { refuseUntrainable } from '@metadistill/trainable';
import { getGradient } from '@tensorflow/tfjs-core';
import { lastLayer } from './layers-within.js';
import type { LayersModel } from './types.js';

/**
 * What a model has to be for `fromLayersModel`: one input of known shape, one output of logits, something to train,
 * and gradients to train it by on the current backend.
 */
export function checkLayersModel(layersModel: LayersModel): void {
  checkShapes(layersModel);
  checkLogits(layersModel);
  if (layersModel.trainableWeights.length === 0) {
    throw new RangeError(
      `fromLayersModel: ${layersModel.name} has 0 trainable weights; expected at least one. Set trainable = true.`,
    );
  }
  // Every model with weights multiplies or convolves; of those, the one kernel stands for all gradients.
  if (getGradient('BatchMatMul') === undefined) {
    throw new Error(
      "fromLayersModel: TensorFlow.js has no gradients registered; expected those of its operations. Import '@tensorflow/tfjs-layers' or '@tensorflow/tfjs', as the same copy of '@tensorflow/tfjs-core' that this package imports.",
    );
  }
  // The interface of this package names what its other files use; tfjs-layers' own models have the rest.
  refuseUntrainable('fromLayersModel', layersModel as never);
}

function checkShapes({ name, inputs, outputs }: LayersModel): void {
  const [input, output] = [inputs[0]?.shape, outputs[0]?.shape];
  if (inputs.length !== 1 || input?.slice(1).some((length) => length === null)) {
    throw new RangeError(
      `fromLayersModel: ${name} has inputs ${format(inputs)}; expected one, with sizes fixed but for the batch. Give the first layer an inputShape.`,
    );
  }
  if (outputs.length !== 1 || output?.length !== 2 || output[1] === null) {
    throw new RangeError(
      `fromLayersModel: ${name} has outputs ${format(outputs)}; expected one, logits [null, classes]. End with tf.layers.dense({ units: classes }).`,
    );
  }
}

function checkLogits(layersModel: LayersModel): void {
  const last = lastLayer(layersModel);
  const { activation } = last.getConfig() as { activation?: string };
  const squashing = last.getClassName() === 'Softmax' ? 'softmax' : activation;
  if (squashing !== 'softmax' && squashing !== 'sigmoid') return;
  throw new RangeError(
    `fromLayersModel: the last layer ${last.name} of ${layersModel.name} has the activation ${squashing}; expected logits. Losses apply the softmax themselves: leave the activation out, and the weights stay the same.`,
  );
}

const format = (tensors: LayersModel['inputs']): string =>
  tensors.map(({ shape }) => `[${shape.map((length) => length ?? 'null').join(', ')}]`).join(' and ') ||
  'none';
