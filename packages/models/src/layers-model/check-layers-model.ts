import { formatShapes } from './input-shapes.js';
import { isModel, lastLayer, layersWithin } from './layers-within.js';
import { squashingOf } from './look-through.js';
import type { LayersModel, LayersModelLayer } from './types.js';

/**
 * What a model has to be for `fromLayersModel`: no state between passes, one output of logits.
 */
export function checkLayersModel(layersModel: LayersModel): void {
  const { name, outputs } = layersModel;
  const stateful = layersWithin(layersModel).find((layer) => !isModel(layer) && isStateful(layer));
  if (stateful !== undefined) {
    throw new RangeError(
      `fromLayersModel: layer ${stateful.name} of ${name} is stateful; expected none, as each pass would change the model and what it gives next. Make the layer with stateful: false.`,
    );
  }
  const output = outputs[0]?.shape;
  if (outputs.length !== 1 || output?.length !== 2 || output[1] === null) {
    throw new RangeError(
      `fromLayersModel: ${name} has outputs ${formatShapes(outputs)}; expected one, logits [null, classes]. End with tf.layers.dense({ units: classes }).`,
    );
  }
}

/** @throws RangeError if a model that runs as a whole ends with a softmax or sigmoid, which cannot be left out there. */
export function refuseSquashing(layersModel: LayersModel): void {
  const last = lastLayer(layersModel);
  const squashing = squashingOf(last);
  if (squashing === undefined) return;
  throw new RangeError(
    `fromLayersModel: the last layer ${last.name} of ${layersModel.name} has the activation ${squashing}, and TensorFlow.js runs the model as a whole; expected logits. Losses apply the softmax themselves: leave the activation out, and the weights stay the same.`,
  );
}

const isStateful = (layer: LayersModelLayer): boolean => (layer as { stateful?: boolean }).stateful === true;
