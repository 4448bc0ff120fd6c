import { loadWeights, saveWeights } from '../safetensors/save-weights.js';
import type { WeightSpecs } from '../safetensors/weight-layout.js';
import type { Weights } from '../types.js';
import { readBytes, writeBytes } from './safetensors-files.js';

/** Writes a model's weights to a safetensors file; see `saveWeights`. It gets its name once it is whole. */
export const writeWeights = async (
  path: string,
  model: WeightSpecs,
  weights: Weights,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> => writeBytes(path, await saveWeights(model, weights, metadata));

/**
 * Reads the weights that `writeWeights` wrote; the caller disposes of them.
 *
 * @throws Error if the file cannot be read or is malformed; RangeError if it is of another model.
 */
export const readWeights = async (path: string, model: WeightSpecs): Promise<Weights> =>
  loadWeights(model, { name: path, bytes: await readBytes('readWeights', path) });
