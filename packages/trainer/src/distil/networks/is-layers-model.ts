import type { LayersModel } from '@metadistill/models';

/** A `tf.LayersModel`, by its members, so that one of another copy of TensorFlow.js is known, too. */
export const isLayersModel = (value: unknown): value is LayersModel =>
  typeof value === 'object' &&
  value !== null &&
  ['inputs', 'outputs', 'trainableWeights'].every((member) => member in value);
