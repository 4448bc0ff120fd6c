import type { Weights } from '../types.js';
import { decodeSafetensors } from './decode-safetensors.js';
import { encodeSafetensors } from './encode-safetensors.js';
import { fromNamedTensors, toNamedTensors } from './named-weights.js';
import type { SafetensorsFile } from './types.js';
import { ownLayout, type WeightSpecs } from './weight-layout.js';

/**
 * A model's weights as the bytes of a safetensors file, float32 under the names of its specs.
 *
 * @param weights borrowed.
 * @param metadata texts that `decodeSafetensors` gives back, such as where the weights come from.
 * @throws RangeError if the weights are not the model's.
 */
export const saveWeights = async (
  model: WeightSpecs,
  weights: Weights,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Uint8Array> => encodeSafetensors(await toNamedTensors(model, weights, ownLayout), metadata);

/**
 * The weights that `saveWeights` wrote, bit for bit. The caller disposes of them (`disposeWeights`).
 *
 * @throws Error if the file is malformed; RangeError if its names or shapes are not the model's.
 */
export const loadWeights = (model: WeightSpecs, file: SafetensorsFile): Weights =>
  fromNamedTensors(`loadWeights: ${file.name}`, model, decodeSafetensors(file).tensors, ownLayout);
