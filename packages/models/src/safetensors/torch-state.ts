import type { Weights } from '../types.js';
import { fromNamedTensors, toNamedTensors } from './named-weights.js';
import { torchLayout } from './torch-layout.js';
import type { NamedTensors } from './types.js';
import type { WeightSpecs } from './weight-layout.js';

/**
 * Weights from a PyTorch module's state dict, read by `decodeSafetensors`. The caller disposes of them.
 *
 * Names are those of our specs, with `running_mean` and `running_var` of batch norm; `num_batches_tracked` is left out.
 * Filters (outputs, inputs, height, width) become `[height, width, inputs, outputs]`, those of groups
 * `[height, width, inputs, multiplier]`, linear weights (outputs, inputs) `[inputs, outputs]`; if the inputs were flattened from an image, channels first in PyTorch and
 * last here, the layer has to say so (`fromImage` of `dense`). Numbers are rounded to float32.
 *
 * @throws RangeError if a name is missing or unknown, or a shape is not the declared one.
 */
export const importTorchState = (model: WeightSpecs, tensors: NamedTensors): Weights =>
  fromNamedTensors('importTorchState', model, tensors, torchLayout);

/**
 * Weights as a PyTorch module's state dict, to be written by `encodeSafetensors`: `importTorchState` the other way.
 *
 * PyTorch fills in the `num_batches_tracked` that is left out.
 *
 * @param weights borrowed.
 * @throws RangeError if the weights are not the model's.
 */
export const exportTorchState = (model: WeightSpecs, weights: Weights): Promise<NamedTensors> =>
  toNamedTensors(model, weights, torchLayout);
