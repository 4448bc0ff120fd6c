import type { LayersModel } from '@metadistill/models';

/** The shape of one example, for each input of a network. */
export type InputShapes = readonly (readonly number[])[];

/** Shapes of the inputs of a `tf.LayersModel`, without the batch: null for a size that it leaves open. */
export const statedShapes = ({ inputs }: LayersModel): readonly (readonly (number | null)[])[] =>
  inputs.map(({ shape }) => shape.slice(1));

/** Whether a `tf.LayersModel` takes examples of more than one shape. */
export const isOpen = (layersModel: LayersModel): boolean => statedShapes(layersModel).flat().includes(null);
