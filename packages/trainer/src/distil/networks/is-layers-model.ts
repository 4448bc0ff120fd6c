import type { LayersModel } from '@metadistill/models';
import { isPart } from '@metadistill/options';

/** A `tf.LayersModel`, by its members, so that one of another copy of TensorFlow.js is known, too. */
export const isLayersModel = (value: unknown): value is LayersModel => isPart(value, 'layersModel');
